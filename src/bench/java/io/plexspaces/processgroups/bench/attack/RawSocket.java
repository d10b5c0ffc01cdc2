package io.plexspaces.processgroups.bench.attack;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A TCP connection with nothing above it. Calls block, and end with an IOException once the server has closed it. */
class RawSocket implements AutoCloseable {
    private static final int CONNECT_MILLIS = 10_000;

    private final Socket socket = new Socket();
    private final OutputStream out;

    /** @param receiveBuffer bytes that may lie in it unread; 0: as the system has it */
    RawSocket(InetSocketAddress address, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(address, CONNECT_MILLIS);
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
    }

    final void write(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    final InputStream in() throws IOException {
        return socket.getInputStream();
    }

    /** Reads and forgets, on a thread of its own, so that the server's window does not close. */
    final RawSocket drain() {
        Thread reader = new Thread(
                () -> {
                    try {
                        in().transferTo(OutputStream.nullOutputStream());
                    } catch (IOException closed) {
                        close();
                    }
                },
                "drain");
        reader.setDaemon(true);
        reader.start();
        return this;
    }

    /** Waits until the server closes it; what comes is read and forgotten. */
    final void awaitEnd() throws IOException {
        in().transferTo(OutputStream.nullOutputStream());
        throw new IOException("closed by the server");
    }

    @Override
    public final void close() {
        try {
            socket.close();
        } catch (IOException ignored) {
            // nobody waits for anything from it
        }
    }
}
