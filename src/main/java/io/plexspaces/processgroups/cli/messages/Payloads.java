package io.plexspaces.processgroups.cli.messages;

import io.plexspaces.processgroups.cli.client.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Payloads as the service's JSON spells them. */
final class Payloads {
    private Payloads() {}

    /** As text where the bytes are UTF-8: whether that is JSON, the server finds out when it delivers it. */
    static void put(Json message, byte[] payload) {
        try {
            message.put(
                    "text",
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(payload))
                            .toString());
        } catch (CharacterCodingException binary) {
            message.put("payload", Base64.getEncoder().encodeToString(payload));
        }
    }
}
