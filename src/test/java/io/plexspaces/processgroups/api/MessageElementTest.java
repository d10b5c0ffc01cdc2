package io.plexspaces.processgroups.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Asker;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The bytes written by hand are those of the generated classes. */
class MessageElementTest {
    private static final GroupId ROOM = GroupId.of("acme", "prod", "room");

    @Property(tries = 500)
    void encoding_isWhatTheGeneratedClassesMake(@ForAll("entries") Entry.Published entry) {
        byte[] expected = EventElement.of(Events.message(ROOM, entry)).encode(0);

        EventElement element = EventElement.of(new Event.Delivered(ROOM, "e", entry));

        assertThat(element).isInstanceOf(MessageElement.class);
        assertThat(element.size()).isEqualTo(expected.length);
        assertThat(element.encode(0)).isEqualTo(expected);
    }

    @Property(tries = 20)
    void encoding_leavesRoomForAHeader(@ForAll("entries") Entry.Published entry) {
        EventElement element = EventElement.of(new Event.Delivered(ROOM, "e", entry));

        byte[] encoded = element.encode(10);

        assertThat(encoded)
                .hasSize(element.size() + 10)
                .startsWith(new byte[10])
                .endsWith(element.encode(0));
    }

    @Provide
    Arbitrary<Entry.Published> entries() {
        Arbitrary<Long> offsets = Arbitraries.longs().between(1, Long.MAX_VALUE);
        Arbitrary<Topic> topics =
                Arbitraries.of("a", "user.login", "x.y.z").map(Topic::new).injectNull(0.3);
        Arbitrary<Asker> askers = Arbitraries.just(new Asker(new NodeId("node-1"), 1, 1, Duration.ofSeconds(5)))
                .injectNull(0.5);
        return Combinators.combine(offsets, instants(), messages(), topics, askers)
                .as((offset, at, message, topic, asker) -> new Entry.Published(
                        offset,
                        at,
                        new OperationId(new NodeId("node-1"), 1, 1),
                        1,
                        message,
                        topic,
                        Dispatch.ALL,
                        false,
                        asker));
    }

    private static Arbitrary<Message> messages() {
        Arbitrary<String> texts = Arbitraries.strings().all().ofMaxLength(40).map(MessageElementTest::wellFormed);
        Arbitrary<ActorId> senders =
                Arbitraries.of("ann", "bob-2").map(ActorId::new).injectNull(0.3);
        Arbitrary<Duration> ttls = Arbitraries.longs()
                .between(0, 10_000_000_000L)
                .map(Duration::ofNanos)
                .injectNull(0.5);
        Arbitrary<byte[]> payloads = Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
        Arbitrary<Map<String, String>> headers = Arbitraries.maps(texts, texts).ofMaxSize(4);
        return Combinators.combine(
                        texts.tuple4(),
                        senders,
                        payloads,
                        instants().injectNull(0.5),
                        Arbitraries.integers(),
                        ttls,
                        headers,
                        texts)
                .as((four, sender, payload, timestamp, priority, ttl, named, method) -> new Message(
                        four.get1(),
                        sender,
                        four.get2(),
                        Bytes.wrap(payload),
                        timestamp,
                        priority,
                        ttl,
                        named,
                        four.get3(),
                        four.get4(),
                        wellFormed(method.substring(0, Math.min(5, method.length())))));
    }

    private static Arbitrary<Instant> instants() {
        return Arbitraries.oneOf(
                Arbitraries.just(Instant.EPOCH),
                Combinators.combine(
                                Arbitraries.longs().between(-62_135_596_800L, 253_402_300_799L),
                                Arbitraries.integers().between(0, 999_999_999))
                        .as(Instant::ofEpochSecond));
    }

    /** Without halves of surrogate pairs, which no request can hold. */
    private static String wellFormed(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
