package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages, and those who read along. */
abstract class MessageContract extends LogFixture {
    private final GroupLogContract contract;

    MessageContract(GroupLogContract contract) {
        super(contract);
        this.contract = contract;
    }

    @BeforeEach
    void makeRoom() {
        create(room);
    }

    @Test
    void published_isToldAsItWasGiven() {
        Recorder reader = open(room);
        done(publish("first"));
        done(join(ALICE));
        OperationId operation = operation();
        Command.Publish command =
                new Command.Publish(message("text", "", null), new Topic("a.b"), new Dispatch.OnNode(NODE), true);
        Appended answer = result(log().append(room, null, command, operation));
        assertThat(reader.upTo(answer).last())
                .isEqualTo(new Entry.Published(
                        4, answer.at(), operation, 2, command.message(), command.topic(), command.dispatch(), true));
        assertThat(answer.repeated()).isFalse();
        assertThat(read(null).messages().get(1)).isEqualTo(reader.last());
    }

    @Test
    void publishToAnEmptyGroup_isNoError() {
        assertThat(done(publish("x")).position().offset()).isEqualTo(2);
    }

    @Test
    void idempotencyKey_takesEffectOnceAndRepeatsTheFirstAnswer() {
        Appended first = done(publish(message("one", "key", null)));
        done(publish("between"));
        advance(Duration.ofMillis(50));
        Appended repeat = done(publish(message("two", "key", null)));
        assertThat(repeat.repeated()).isTrue();
        assertThat(repeat.position()).isEqualTo(first.position());
        assertThat(repeat.at()).isEqualTo(first.at());
        assertThat(texts(read(null))).containsExactly("one", "between");
    }

    @Test
    void idempotencyKey_isForgottenAfterTwoMinutes() {
        Assumptions.assumeTrue(contract.hasClock());
        done(publish(message("one", "key", null)));
        advance(Duration.ofMinutes(2));
        result(log().expire(operation()));
        assertThat(done(publish(message("two", "key", null))).repeated()).isTrue();
        advance(Duration.ofMillis(1));
        assertThat(done(publish(message("three", "key", null))).repeated()).isFalse();
        assertThat(texts(read(null))).containsExactly("one", "three");
    }

    @Test
    void idempotencyKeys_beyondTheLimit_areRefused_andNoneIsForgotten() {
        int limit = GroupLogContract.LIMITS.idempotencyKeys();
        for (int i = 0; i < limit; i++) {
            done(publish(message("x", "key" + i, null)));
        }
        GroupException refused =
                catchThrowableOfType(GroupException.class, () -> done(publish(message("x", "key" + limit, null))));
        assertThat(refused.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(refused.field()).isEqualTo("idempotency-keys");
        assertThat(done(publish("without")).repeated()).isFalse();
        for (int i = 0; i < limit; i++) {
            assertThat(done(publish(message("x", "key" + i, null))).repeated()).isTrue();
        }
        assertThat(read(null).messages()).hasSize(limit + 1);
    }

    private static final FirstAnswer ANSWER =
            new FirstAnswer(3, 1, Map.of(NODE, 2, new NodeId("node-b"), 1), List.of(BOB, ALICE, new ActorId("c")));

    private Optional<FirstAnswer> firstAnswer(String key, Appended published) {
        return result(log().firstAnswer(room, key, published.position().offset()));
    }

    private Appended keep(String key, Appended published, FirstAnswer answer) {
        return done(new Command.Answer(key, published.position().offset(), answer));
    }

    @Test
    void firstAnswer_isKept_andStays() {
        Appended published = done(publish(message("one", "key", null)));
        assertThat(firstAnswer("key", published)).isEmpty();
        assertThat(keep("key", published, ANSWER).position()).isEqualTo(published.position());
        keep("key", published, new FirstAnswer(1, 0, Map.of(NODE, 1), List.of(ALICE)));
        assertThat(firstAnswer("key", published)).contains(ANSWER);
        Appended toNobody = done(publish(message("two", "other key \u20ac", null)));
        FirstAnswer nobody = new FirstAnswer(0, 0, Map.of(), List.of());
        keep("other key \u20ac", toNobody, nobody);
        assertThat(firstAnswer("other key \u20ac", toNobody)).contains(nobody);
        assertThat(firstAnswer("key", toNobody)).isEmpty();
        Appended again = done(publish(message("three", "third", null)));
        keep("third", again, ANSWER);
        assertThat(firstAnswer("third", again)).contains(ANSWER);
        assertThat(firstAnswer("key", published)).contains(ANSWER);
    }

    @Test
    void firstAnswer_ofAKeyThatIsNotThere_isNotKept() {
        Appended published = done(publish(message("one", "key", null)));
        keep("nobody's", published, ANSWER);
        assertThat(firstAnswer("nobody's", published)).isEmpty();
        Appended other = done(publish("two"));
        keep("key", other, ANSWER);
        assertThat(firstAnswer("key", other)).isEmpty();
        assertThat(firstAnswer("key", published)).isEmpty();
    }

    @Test
    void firstAnswer_endsWithItsGroup() {
        Appended published = done(publish(message("one", "key", null)));
        keep("key", published, ANSWER);
        result(deleting(room));
        create(room);
        Appended next = done(publish(message("one", "key", null)));
        assertThat(next.position().offset()).isEqualTo(published.position().offset());
        assertThat(next.repeated()).isFalse();
        assertThat(firstAnswer("key", next)).isEmpty();
    }

    @Test
    void opened_hasThePresentStateThenWhatComes() {
        done(join(ALICE));
        Recorder reader = open(room);
        assertThat(reader.first().position().offset()).isEqualTo(2);
        assertThat(reader.members()).containsOnlyKeys(ALICE);
        assertThat(reader.first().info().memberCount()).isEqualTo(1);
        done(join(BOB));
        done(publish("x"));
        reader.upTo(done(leave(ALICE, null)));
        assertThat(reader.entries).hasSize(3);
        assertThat(reader.members()).containsOnlyKeys(BOB);
    }

    @Test
    void closed_isToldNothingMore() {
        Recorder closed = new Recorder();
        Tail tail = result(log().open(room, closed));
        Recorder stays = open(room);
        tail.close();
        tail.close();
        stays.upTo(done(join(ALICE)));
        assertThat(closed.entries).isEmpty();
    }

    @Test
    void failingReader_isToldOfItsEnd_andDisturbsNobody() {
        List<String> told = new CopyOnWriteArrayList<>();
        result(log().open(room, new GroupReader() {
            @Override
            public void goesOn(GroupInfo renamed) {}

            @Override
            public void snapshot(Snapshot snapshot) {
                told.add("snapshot");
            }

            @Override
            public void entry(Entry entry) {
                told.add("entry");
                throw new IllegalStateException("expected by the test");
            }

            @Override
            public void failed(GroupException cause) {
                told.add("failed " + cause.code());
            }
        }));
        Recorder other = open(room);
        done(publish("x"));
        other.upTo(done(publish("y")));
        assertThat(other.entries).hasSize(2);
        await().untilAsserted(() -> assertThat(told).containsExactly("snapshot", "entry", "failed INTERNAL"));
    }

    @Test
    void readerThatCannotTakeTheSnapshot_isNotOpen() {
        List<String> told = new CopyOnWriteArrayList<>();
        log().open(room, new GroupReader() {
                    @Override
                    public void goesOn(GroupInfo renamed) {}

                    @Override
                    public void snapshot(Snapshot snapshot) {
                        throw new IllegalStateException("expected by the test");
                    }

                    @Override
                    public void entry(Entry entry) {
                        told.add("entry");
                    }

                    @Override
                    public void failed(GroupException cause) {
                        told.add("failed " + cause.code());
                    }
                })
                .subscribe()
                .with(tail -> {}, failure -> told.add("failed INTERNAL"));
        await().untilAsserted(() -> assertThat(told).containsExactly("failed INTERNAL"));
        done(publish("x"));
        assertThat(told).hasSize(1);
    }

    @Test
    void readerThatWrites_isToldItsOwnEntryLater() {
        Recorder recorder = new Recorder();
        result(log().open(room, new GroupReader() {
            @Override
            public void goesOn(GroupInfo renamed) {}

            @Override
            public void snapshot(Snapshot snapshot) {
                recorder.snapshot(snapshot);
            }

            @Override
            public void entry(Entry entry) {
                if (entry.offset() < 100) {
                    append(room, publish("echo")).subscribe().with(answer -> {});
                }
                recorder.entry(entry);
            }

            @Override
            public void failed(GroupException cause) {
                recorder.failed(cause);
            }
        }));
        done(publish("first"));
        recorder.upTo(100);
        assertThat(recorder.entries).hasSize(99);
    }

    @Test
    void followedNamespace_tellsItsGroupsInOrder() {
        NamespaceRecorder reader = new NamespaceRecorder();
        Tail tail = result(log().follow(room.namespace(), reader));
        create(group("attic"));
        result(deleting(room));
        create(room);
        result(deleting(room));
        result(deleting(room));
        reader.awaitTold("snapshot [room]", "created attic", "deleted room", "created room", "deleted room");
        tail.close();
        create(room);
        NamespaceRecorder later = new NamespaceRecorder();
        result(log().follow(room.namespace(), later));
        later.awaitTold("snapshot [attic, room]");
        assertThat(reader.told).hasSize(5);
    }

    @Test
    void followedNamespaceWithoutGroups_tellsTheFirst() {
        NamespaceRecorder reader = new NamespaceRecorder();
        NamespaceRecorder elsewhere = new NamespaceRecorder();
        Namespace namespace = new Namespace(tenant, "empty");
        result(log().follow(namespace, reader));
        result(log().follow(new Namespace(tenant, "other"), elsewhere));
        create(new GroupId(namespace, "first"));
        reader.awaitTold("snapshot []", "created first");
        assertThat(List.copyOf(elsewhere.told)).containsExactly("snapshot []");
    }
}
