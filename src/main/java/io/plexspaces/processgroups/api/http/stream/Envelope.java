package io.plexspaces.processgroups.api.http.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import io.plexspaces.processgroups.api.format.EventBuffer;
import io.plexspaces.processgroups.api.format.JsonText;
import io.plexspaces.processgroups.api.http.call.Refusal;
import io.plexspaces.processgroups.domain.GroupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A message in a stream of the Connect protocol: one byte of flags, four of its length, and the message. */
public final class Envelope {
    /** Before each message. */
    public static final int HEAD_BYTES = 5;

    private static final int COMPRESSED = 1;
    private static final int LAST = 2;

    private Envelope() {}

    /** Writes what goes before a message of so many bytes. */
    static void write(byte[] into, int at, int length) {
        write(into, at, 0, length);
    }

    private static void write(byte[] into, int at, int flags, int length) {
        into[at] = (byte) flags;
        for (int i = 0; i < 4; i++) {
            into[at + 1 + i] = (byte) (length >>> (24 - 8 * i));
        }
    }

    static byte[] around(byte[] message) {
        byte[] all = new byte[HEAD_BYTES + message.length];
        write(all, 0, message.length);
        System.arraycopy(message, 0, all, HEAD_BYTES, message.length);
        return all;
    }

    /** The last one of a stream. */
    static byte[] last(@Nullable Refusal why) {
        byte[] message = why == null ? "{}".getBytes(UTF_8) : error(why);
        byte[] all = around(message);
        write(all, 0, LAST, message.length);
        return all;
    }

    private static byte[] error(Refusal why) {
        EventBuffer json = new EventBuffer(0, 512);
        try (JsonGenerator out = JsonText.generator(json)) {
            out.writeStartObject();
            out.writeFieldName("error");
            why.write(out);
            out.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return json.bytes();
    }

    /**
     * The one message in the body of a request.
     *
     * @throws GroupException INVALID_ARGUMENT
     */
    public static byte[] only(byte[] body) {
        if (body.length < HEAD_BYTES) {
            throw GroupException.invalid("request", "must be one message in an envelope of the Connect protocol");
        }
        if ((body[0] & COMPRESSED) != 0) {
            throw GroupException.invalid("request", "must not be compressed");
        }
        long length = 0;
        for (int i = 1; i < HEAD_BYTES; i++) {
            length = length << 8 | body[i] & 0xFF;
        }
        if (body[0] != 0 || length != body.length - HEAD_BYTES) {
            throw GroupException.invalid("request", "must be one whole message in an envelope of the Connect protocol");
        }
        return Arrays.copyOfRange(body, HEAD_BYTES, body.length);
    }
}
