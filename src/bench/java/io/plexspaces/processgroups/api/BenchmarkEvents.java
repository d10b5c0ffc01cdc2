package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/** A message as benchmarks of encodings use it: 128 bytes of text, a sender and a topic. */
public final class BenchmarkEvents {
    private static final int PAYLOAD_BYTES = 128;

    private BenchmarkEvents() {}

    public static Event delivered() {
        return delivered("x".repeat(PAYLOAD_BYTES).getBytes(StandardCharsets.US_ASCII));
    }

    /** The same with another payload. */
    public static Event.Delivered delivered(byte[] payload) {
        Message message = new Message(
                "", new ActorId("publisher-0"), "", Bytes.wrap(payload), null, 0, null, Map.of(), "", "", "");
        return new Event.Delivered(
                GroupId.of("bench", "", "events"),
                "e",
                new Entry.Published(
                        123_456,
                        Instant.parse("2026-01-02T03:04:05.678901234Z"),
                        new OperationId(new NodeId("node-1"), 1, 123_456),
                        123_000,
                        message,
                        new Topic("user.login"),
                        new Dispatch.All(),
                        false));
    }
}
