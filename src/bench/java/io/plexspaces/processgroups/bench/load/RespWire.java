package io.plexspaces.processgroups.bench.load;

import java.nio.ByteBuffer;

/** A connection to Redis (RESP 2). */
public final class RespWire implements Wire {
    private static final int INCOMPLETE = -1;

    private final WebSocketWire.Receiver receiver;

    public RespWire(WebSocketWire.Receiver receiver) {
        this.receiver = receiver;
    }

    @Override
    public void read(ByteBuffer in, Link link) {
        int at = in.position();
        while (at < in.limit()) {
            int end = end(in, at);
            if (end == INCOMPLETE) {
                break;
            }
            receiver.message(in, at, end);
            at = end;
        }
        in.position(at);
        receiver.batchDone();
    }

    @Override
    public void ended(String why) {
        receiver.failed("a connection ended: " + why);
    }

    /** Where the value that starts at {@code at} ends (exclusive). */
    private static int end(ByteBuffer in, int at) {
        int line = endOfLine(in, at);
        if (line == INCOMPLETE) {
            return INCOMPLETE;
        }
        switch (in.get(at)) {
            case '$' -> {
                int length = number(in, at + 1);
                int end = length < 0 ? line : line + length + 2;
                return end <= in.limit() ? end : INCOMPLETE;
            }
            case '*' -> {
                int end = line;
                for (int items = number(in, at + 1); items > 0 && end != INCOMPLETE; items--) {
                    end = end(in, end);
                }
                return end;
            }
            default -> {
                return line;
            }
        }
    }

    private static int endOfLine(ByteBuffer in, int at) {
        for (int i = at; i < in.limit() - 1; i++) {
            if (in.get(i) == '\r') {
                return i + 2;
            }
        }
        return INCOMPLETE;
    }

    private static int number(ByteBuffer in, int at) {
        boolean negative = in.get(at) == '-';
        int value = 0;
        for (int i = negative ? at + 1 : at; in.get(i) != '\r'; i++) {
            value = value * 10 + in.get(i) - '0';
        }
        return negative ? -value : value;
    }
}
