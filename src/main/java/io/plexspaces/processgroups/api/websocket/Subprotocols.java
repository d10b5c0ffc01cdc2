package io.plexspaces.processgroups.api.websocket;

import io.plexspaces.processgroups.api.websocket.format.FrameFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The subprotocols we speak, as handshakes name them. */
final class Subprotocols {
    private static final List<FrameFormat> ALL = List.of(FrameFormat.JSON, FrameFormat.PROTO);

    private Subprotocols() {}

    /**
     * Whether a client that offers these can be served: it offers none, or one of ours.
     *
     * @param headers values of its Sec-WebSocket-Protocol headers, each with names separated by commas
     */
    static boolean isAcceptable(List<String> headers) {
        boolean offered = false;
        for (String header : headers) {
            for (String name : header.split(",", -1)) {
                if (isOurs(name.strip())) {
                    return true;
                }
                offered |= !name.isBlank();
            }
        }
        return !offered;
    }

    /** @param selected in the handshake; null or empty: none */
    static FrameFormat format(@Nullable String selected) {
        return FrameFormat.PROTO.subprotocol().equals(selected) ? FrameFormat.PROTO : FrameFormat.JSON;
    }

    private static boolean isOurs(String name) {
        return ALL.stream().anyMatch(format -> format.subprotocol().equals(name));
    }
}
