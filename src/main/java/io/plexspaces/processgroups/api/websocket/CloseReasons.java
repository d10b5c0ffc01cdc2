package io.plexspaces.processgroups.api.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.plexspaces.processgroups.domain.GroupException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;

/** The text of a close frame: the name of the error code, and what a person wants to know, as far as there is room. */
final class CloseReasons {
    /** What a control frame holds beside the close code (RFC 6455, 5.5). */
    static final int MAX_BYTES = 123;

    private CloseReasons() {}

    static String of(GroupException cause) {
        return fit(cause.code().name() + ": " + cause.getMessage());
    }

    /** As many whole characters of {@code text} as fit. */
    static String fit(String text) {
        CharBuffer from = CharBuffer.wrap(text);
        UTF_8.newEncoder().encode(from, ByteBuffer.allocate(MAX_BYTES), true);
        return text.substring(0, from.position());
    }
}
