package io.plexspaces.processgroups.cli.terminal;

import io.plexspaces.processgroups.cli.client.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Lines as bytes, so that what is no UTF-8 survives. Not for several threads. */
public final class LineReader {
    /** A longer line is no message of any server. */
    private static final int LONGEST = 16 << 20;

    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int at;
    private int end;

    public LineReader(InputStream in) {
        this.in = in;
    }

    /** The next one without its end, also the last one that has none; null: there is none. Blocks. */
    public byte @Nullable [] next() throws IOException {
        line.reset();
        boolean any = false;
        while (true) {
            if (at == end) {
                at = 0;
                end = Math.max(0, in.read(buffer));
                if (end == 0) {
                    return any ? whole() : null;
                }
            }
            any = true;
            int from = at;
            while (at < end && buffer[at] != '\n') {
                at++;
            }
            line.write(buffer, from, at - from);
            if (line.size() > LONGEST) {
                throw Failure.usage("a line has more than " + LONGEST + " bytes: publish it with --file");
            } else if (at < end) {
                at++;
                return whole();
            }
        }
    }

    /** Without what other systems put before the end of a line. */
    private byte[] whole() {
        byte[] bytes = line.toByteArray();
        int length = bytes.length;
        return length > 0 && bytes[length - 1] == '\r' ? java.util.Arrays.copyOf(bytes, length - 1) : bytes;
    }
}
