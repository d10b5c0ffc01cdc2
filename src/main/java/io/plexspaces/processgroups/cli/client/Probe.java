package io.plexspaces.processgroups.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Finds out what a port speaks that did not answer as HTTP should; sends no token and nothing of a request. */
enum Probe {
    GRPC,
    TLS,
    HTTP,
    SOMETHING_ELSE;

    private static final byte[] HTTP2_PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HTTP1_REQUEST =
            "GET / HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int TYPE_OF_FRAME = 3;
    private static final int SETTINGS = 4;
    private static final int HEAD = 9;
    private static final int PATIENCE = 2_000;

    /** Blocks for some seconds at most. */
    static Probe of(String host, int port) {
        byte[] head = answer(host, port, HTTP2_PREFACE);
        if (head.length > TYPE_OF_FRAME && head[TYPE_OF_FRAME] == SETTINGS && head[0] == 0) {
            return GRPC;
        } else if (isHttp(head) || isHttp(answer(host, port, HTTP1_REQUEST))) {
            return HTTP;
        }
        return speaksTls(host, port) ? TLS : SOMETHING_ELSE;
    }

    private static boolean isHttp(byte[] head) {
        return new String(head, StandardCharsets.US_ASCII).startsWith("HTTP/1");
    }

    private static byte[] answer(String host, int port, byte[] question) {
        try (Socket socket = connected(host, port)) {
            socket.getOutputStream().write(question);
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            return in.readNBytes(HEAD);
        } catch (IOException nothing) {
            return new byte[0];
        }
    }

    private static boolean speaksTls(String host, int port) {
        try (Socket plain = connected(host, port);
                SSLSocket socket = (SSLSocket) lookingOn().getSocketFactory().createSocket(plain, host, port, true)) {
            socket.startHandshake();
            return true;
        } catch (SSLException refused) {
            // An alert is an answer of TLS, too: the server may want a certificate of the client.
            return refused.getMessage() != null && refused.getMessage().contains("alert");
        } catch (IOException | GeneralSecurityException no) {
            return false;
        }
    }

    private static Socket connected(String host, int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(host, port), PATIENCE);
        socket.setSoTimeout(PATIENCE);
        return socket;
    }

    /** Trusts nobody, and need not: nothing is said after the handshake. */
    private static SSLContext lookingOn() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
        return context;
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
