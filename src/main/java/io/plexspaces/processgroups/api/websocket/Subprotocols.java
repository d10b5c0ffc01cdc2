package io.plexspaces.processgroups.api.websocket;

import io.plexspaces.processgroups.api.websocket.format.FrameFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The subprotocols we speak, as handshakes name them. */
final class Subprotocols {
    private static final List<FrameFormat> ALL = List.of(FrameFormat.JSON, FrameFormat.PROTO);

    private static final String BEARER = "bearer.";

    private Subprotocols() {}

    /**
     * Whether a client that offers these can be served: it offers none, or one of ours.
     *
     * @param headers values of its Sec-WebSocket-Protocol headers, each with names separated by commas
     */
    static boolean isAcceptable(List<String> headers) {
        return names(headers).findAny().isEmpty() || names(headers).anyMatch(Subprotocols::isOurs);
    }

    /**
     * The token that a page offers as if it were a subprotocol, {@code bearer.…}: browsers let pages set no header.
     *
     * @return null: there is none
     */
    static @Nullable String token(List<String> headers) {
        return names(headers)
                .filter(name -> name.startsWith(BEARER))
                .map(name -> name.substring(BEARER.length()))
                .findFirst()
                .orElse(null);
    }

    /** Those offered, without tokens, as one header. */
    static String withoutTokens(List<String> headers) {
        return names(headers).filter(name -> !name.startsWith(BEARER)).collect(Collectors.joining(","));
    }

    private static Stream<String> names(List<String> headers) {
        return headers.stream()
                .flatMap(header -> Stream.of(header.split(",", -1)))
                .map(String::strip)
                .filter(name -> !name.isEmpty());
    }

    /** @param selected in the handshake; null or empty: none */
    static FrameFormat format(@Nullable String selected) {
        return FrameFormat.PROTO.subprotocol().equals(selected) ? FrameFormat.PROTO : FrameFormat.JSON;
    }

    private static boolean isOurs(String name) {
        return ALL.stream().anyMatch(format -> format.subprotocol().equals(name));
    }
}
