package io.plexspaces.processgroups.log.redis.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Asker;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.Letter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class CodecTest {
    private static final NodeId NODE = new NodeId("node:1");

    @Property
    void numbers_areReadAsWritten(@ForAll long value) {
        byte[] bytes = new ByteWriter(0).number(value).toBytes();
        assertThat(new ByteReader(bytes, 0, bytes.length).number()).isEqualTo(value);
    }

    @Property
    void owners_areReadAsWritten_andHoldNoSeparator(@ForAll String id) {
        String valid = new String(id.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        for (Owner owner : List.of(
                new Owner.Durable(NODE),
                new Owner.Lease(valid),
                new Owner.Session(valid, NODE, 17),
                new Owner.Session(valid, NODE, 17, 1_795_866_682_473_322L))) {
            String text = Texts.owner(owner);
            assertThat(text).matches("[A-Za-z0-9._:@~%/-]+");
            assertThat(Texts.owner(text)).isEqualTo(owner);
        }
        assertThat(Texts.owner(Texts.lease(valid))).isEqualTo(new Owner.Lease(valid));
    }

    @Test
    void differentSessions_haveDifferentTexts() {
        Owner one = new Owner.Session("a/b", NODE, 1);
        Owner two = new Owner.Session("a", new NodeId("b"), 1);
        assertThat(Texts.owner(one)).isNotEqualTo(Texts.owner(two));
    }

    private static Message message(ActorId sender, Instant timestamp, Duration ttl) {
        return new Message(
                "id",
                sender,
                "type ü",
                Bytes.wrap(new byte[] {0, ' ', 13, 10, -1}),
                timestamp,
                -3,
                ttl,
                Map.of("trace", "1", "ключ", "значение"),
                "key",
                "/a b",
                "GET");
    }

    @Test
    void messages_areReadAsWritten() {
        List<Command.Publish> all = List.of(
                new Command.Publish(message(null, null, null), null, Dispatch.ALL, false),
                new Command.Publish(
                        message(new ActorId("a"), Instant.ofEpochSecond(-5, 123_456_789), Duration.ofSeconds(3, 7)),
                        new Topic("a.b"),
                        new Dispatch.To(new ActorId("b"), 1L << 40),
                        true),
                new Command.Publish(message(null, null, null), null, new Dispatch.OnNode(NODE), false),
                new Command.Publish(message(null, null, null), null, new Dispatch.Nobody(), false));
        for (Command.Publish publish : all) {
            for (int format = Formats.FIRST; format <= Formats.NEWEST; format++) {
                byte[] body = Bodies.encode(publish, format);
                assertThat(Bodies.decode(new ByteReader(body, 0, body.length))).isEqualTo(publish);
            }
        }
    }

    /** A server of the version before does not know who asks: it reads the message all the same. */
    @Test
    void asker_isReadAsWritten_andIsBehindWhatEarlierServersRead() {
        Asker asker = new Asker(NODE, Long.MAX_VALUE, 1L << 40, Duration.ofMinutes(5));
        for (Dispatch dispatch : List.of(Dispatch.ALL, new Dispatch.To(new ActorId("b"), 7))) {
            Message message = message(new ActorId("a"), null, Duration.ofSeconds(3, 7));
            Command.Publish ask = new Command.Publish(message, new Topic("a.b"), dispatch, true, asker, false);
            Command.Publish plain = new Command.Publish(message, new Topic("a.b"), dispatch, true);
            for (int format = Formats.FIRST; format <= Formats.NEWEST; format++) {
                byte[] body = Bodies.encode(ask, format);
                assertThat(Bodies.decode(new ByteReader(body, 0, body.length))).isEqualTo(ask);
                if (format != Formats.FIRST) {
                    assertThat(body).startsWith(Bodies.encode(plain, format));
                }
            }
            byte[] first = Bodies.encode(ask, Formats.FIRST);
            byte[] before = Bodies.encode(plain, Formats.FIRST);
            first[1] = before[1];
            assertThat(first).startsWith(before);
            assertThat(Bodies.decode(new ByteReader(first, 0, first.length))).isEqualTo(plain);
        }
    }

    @Test
    void letters_thatAreNotKnown_orHaveMore_arePassedOver() {
        Letter.Receipt receipt = new Letter.Receipt(7, Letter.Outcome.OVER);
        byte[] known = Letters.encode(receipt);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(new ByteWriter(8)
                .bytes(Bytes.wrap(new ByteWriter(8).number(99).text("newer").toBytes()))
                .toBytes());
        all.writeBytes(new ByteWriter(8)
                .bytes(Bytes.wrap(
                        new ByteWriter(8).number(2).number(7).number(99).toBytes()))
                .toBytes());
        all.writeBytes(new ByteWriter(8)
                .bytes(Bytes.wrap(new ByteWriter(8)
                        .number(2)
                        .number(7)
                        .number(3)
                        .text("more")
                        .toBytes()))
                .toBytes());
        all.writeBytes(known);
        assertThat(Letters.decode(all.toByteArray())).containsExactly(receipt, receipt);
        assertThatThrownBy(() -> Letters.decode(new byte[] {-1, 0})).isInstanceOf(UnreadableException.class);
    }

    @Property
    void texts_areReadAsWritten(@ForAll String any, @ForAll long seconds) {
        String text = new String(any.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        Instant time = Instant.ofEpochSecond(seconds % 1_000_000_000_000L, 999_999_999);
        Message message = new Message(
                "",
                null,
                "",
                Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)),
                time,
                Integer.MIN_VALUE,
                null,
                Map.of("k", text),
                "",
                "",
                "");
        Command.Publish publish = new Command.Publish(message, null, Dispatch.ALL, false);
        byte[] body = Bodies.encode(publish, Formats.NEWEST);
        assertThat(Bodies.decode(new ByteReader(body, 0, body.length))).isEqualTo(publish);
    }

    @Test
    void largestMessages_areReadAsWritten() {
        String name = "x".repeat(255);
        Instant time = Instant.ofEpochSecond(-999_999_999_999L, 999_999_999);
        Message message = new Message(
                "€".repeat(40),
                new ActorId(name),
                "€".repeat(40),
                Bytes.wrap(new byte[1 << 20]),
                time,
                Integer.MIN_VALUE,
                Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
                Map.of("€".repeat(20), "€".repeat(1_000), "empty", ""),
                "€".repeat(40),
                "€".repeat(40),
                "€".repeat(5));
        for (Dispatch dispatch : List.of(
                new Dispatch.To(new ActorId(name), Long.MAX_VALUE), new Dispatch.OnNode(new NodeId("x".repeat(128))))) {
            Command.Publish publish = new Command.Publish(message, new Topic("x".repeat(63) + ".b"), dispatch, true);
            byte[] body = Bodies.encode(publish, Formats.NEWEST);
            assertThat(Bodies.decode(new ByteReader(body, 0, body.length))).isEqualTo(publish);
        }
    }

    @Test
    void fieldsThatAreNotKnown_arePassedOver() {
        Command.Publish publish = new Command.Publish(message(new ActorId("a"), null, null), null, Dispatch.ALL, false);
        byte[] body = withMore(Bodies.encode(publish, 2));
        assertThat(Bodies.decode(new ByteReader(body, 0, body.length))).isEqualTo(publish);

        GroupSpec spec = new GroupSpec(GroupSpec.Metadata.NONE, new Retention(5, Duration.ofMillis(1_500)), null);
        assertThat(Specs.decode(withMore(Specs.encode(spec, 2)))).isEqualTo(spec);

        Membership known = Memberships.parse(new ActorId("a"), "1 2 3 = d:node:1|x|2||");
        assertThat(Memberships.parse(new ActorId("a"), "1 2 3 = d:node:1|x|2|||more|9 more and=more"))
                .isEqualTo(known);
    }

    /** A number, a text, and a group of a later version's fields. */
    private static byte[] withMore(byte[] known) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(known);
        bytes.writeBytes(UnknownFieldSet.newBuilder()
                .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                .addField(
                        100,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFromUtf8("more"))
                                .addFixed64(1)
                                .build())
                .build()
                .toByteArray());
        return bytes.toByteArray();
    }

    @Property
    void damagedEntries_areSaidToBeSo(@ForAll byte[] damage, @ForAll int at) {
        Command.Publish publish = new Command.Publish(message(null, null, null), null, Dispatch.ALL, false);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("P 7 1000001 2 4711 node:1 5 9 ".getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(Bodies.encode(publish, at % 2 == 0 ? 1 : 2));
        byte[] entry = bytes.toByteArray();
        int from = Math.floorMod(at, entry.length);
        System.arraycopy(damage, 0, entry, from, Math.min(damage.length, entry.length - from));
        try {
            assertThat(Entries.parse(entry)).isNotNull();
        } catch (UnreadableException said) {
            assertThat(said).hasMessageStartingWith("an entry: ");
        }
    }

    @Test
    void messageOfALaterFormat_isRefused() {
        byte[] body = new ByteWriter(8).number(3).toBytes();
        assertThatThrownBy(() -> Bodies.decode(new ByteReader(body, 0, body.length)))
                .hasMessageContaining("newer server");
    }

    @Test
    void announcement_holdsEveryEntry() throws Exception {
        Command.Publish publish = new Command.Publish(message(null, null, null), null, Dispatch.ALL, false);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write("P 7 1000001 2 4711 node:1 5 9 ".getBytes(StandardCharsets.US_ASCII));
        message.write(Bodies.encode(publish, 1));
        String joined =
                "J 8 1000002 node:1 5 10 1 0 d:node:1 alice 1000002 8 1000002 a.*,b d:node:1|x|2||,l:q|y|1|5|1000007";
        String left = "L 9 1000003 node:1 5 11 alice NODE_DOWN -";
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write("epoch".getBytes(StandardCharsets.US_ASCII));
        for (byte[] entry : List.of(
                message.toByteArray(),
                joined.getBytes(StandardCharsets.US_ASCII),
                left.getBytes(StandardCharsets.US_ASCII))) {
            all.write((" " + entry.length + " ").getBytes(StandardCharsets.US_ASCII));
            all.write(entry);
        }

        Entries.Announcement announced = Entries.announcement(all.toByteArray());

        assertThat(announced.epoch()).isEqualTo("epoch");
        assertThat(announced.entries()).hasSize(3);
        assertThat(announced.entries().get(0))
                .isEqualTo(new Entry.Published(
                        7,
                        Instant.ofEpochSecond(1, 1_000),
                        new OperationId(NODE, 5, 9),
                        2,
                        publish.message(),
                        null,
                        Dispatch.ALL,
                        false));
        Membership membership = ((Entry.Joined) announced.entries().get(1)).membership();
        assertThat(membership.filter()).isEqualTo(TopicFilter.of(List.of("a.*", "b")));
        assertThat(membership.joinCount()).isEqualTo(3);
        assertThat(membership.holdings().get(1).lease())
                .isEqualTo(new Membership.Lease(Duration.ofNanos(5_000), Instant.ofEpochSecond(1, 7_000)));
        assertThat(((Entry.Left) announced.entries().get(2)).membership()).isNull();
        assertThat(Entries.announcement("new ".getBytes(StandardCharsets.US_ASCII))
                        .entries())
                .isEmpty();
    }

    @Test
    void groups_areReadAsWritten() {
        GroupSpec spec = new GroupSpec(
                new GroupSpec.Metadata(
                        "me",
                        "you",
                        Map.of("a", "b"),
                        Map.of("c", new GroupSpec.Annotation("type", Bytes.wrap(new byte[] {1, 2})))),
                new Retention(5, Duration.ofMillis(1_500)),
                OverflowPolicy.CONFLATE);
        assertThat(Specs.decode(Specs.encode(spec, 1))).isEqualTo(spec);
        assertThat(Specs.decode(Specs.encode(spec, 2))).isEqualTo(spec);
        GroupSpec goes = new GroupSpec(spec.metadata(), spec.retention(), spec.overflow(), Duration.ofMillis(90_500));
        assertThat(Specs.decode(Specs.encode(goes, 1))).isEqualTo(goes);
        assertThat(Specs.decode(Specs.encode(goes, 2))).isEqualTo(goes);

        GroupId group = GroupId.of("t", "n", "g");
        GroupInfo info = new GroupInfo(group, spec, "e", Instant.ofEpochSecond(9, 5_000), 0);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("3 4 + ".getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(Infos.encode(info, 2));
        assertThat(NamespaceChange.parse(group.namespace(), bytes.toByteArray()))
                .isEqualTo(new NamespaceChange(3, 4, info, group, "e"));
        assertThat(NamespaceChange.parse(group.namespace(), "4 5 - n g e".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(new NamespaceChange(4, 5, null, group, "e"));
    }

    @Test
    void times_areRoundedUpAndBounded() {
        assertThat(Times.micros(Duration.ofNanos(1))).isEqualTo(1);
        assertThat(Times.millis(Duration.ofNanos(1))).isEqualTo(1);
        assertThat(Times.micros(Duration.ofSeconds(Long.MAX_VALUE))).isLessThan(1L << 52);
    }
}
