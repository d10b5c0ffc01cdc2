package io.plexspaces.processgroups.core.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.group.GroupReplica;
import io.plexspaces.processgroups.core.members.AnswerBounds;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.OperationId;
import io.smallrye.mutiny.Context;
import io.smallrye.mutiny.subscription.UniSubscriber;
import io.smallrye.mutiny.subscription.UniSubscription;
import java.time.Duration;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may still be refused by the log, and what it costs to know that when many are under way. */
class PendingPublishesTest {
    private static final int MANY = 2_000;

    private final CoreFixture core = new CoreFixture(Duration.ofMillis(300));
    private final Table table = new Table();
    private final PendingPublishes answers =
            new PendingPublishes(table, CoreFixture.NODE, new AnswerBounds(10, 10), (entry, answer) -> {});
    private final GroupReplica room = open("room");

    @AfterEach
    void close() {
        core.close();
    }

    private GroupReplica open(String name) {
        GroupId group = core.create(name);
        core.connect("alice").join(group);
        return Objects.requireNonNull(core.replicas.ifOpen(group));
    }

    private Map<OperationId, PendingPublish> begin(GroupReplica replica, int count) {
        return begin(replica, count, answers);
    }

    private Map<OperationId, PendingPublish> begin(GroupReplica replica, int count, PendingPublishes answers) {
        Publisher publishes = new Publisher(core.log, core.replicas, core.operations, CoreFixture.NODE);
        Groups.PublishRequest request = CoreFixture.request(replica.group(), null, "m", Groups.Spread.ALL, "", null);
        Map<OperationId, PendingPublish> begun = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            PendingPublish publishing = new PendingPublish(
                    replica.publishes(), publishes.new Publish(replica.publishes(), request), new Nobody());
            OperationId operation = core.operations.next();
            publishing.begin(operation);
            answers.expect(operation, publishing);
            begun.put(operation, publishing);
        }
        return begun;
    }

    @Test
    void undecided_untilTheLastThatBeganBeforeTheJumpIsForgotten() {
        List<OperationId> begun = new ArrayList<>(begin(room, 3).keySet());
        assertThat(answers.isUndecided(room.state(), 0)).isFalse();
        assertThat(answers.isUndecided(room.state(), 1)).isTrue();
        answers.forget(begun.get(1));
        answers.forget(begun.get(0));
        assertThat(answers.isUndecided(room.state(), 1)).isTrue();
        answers.forget(begun.get(2));
        assertThat(answers.isUndecided(room.state(), 1)).isFalse();
        begin(room, 1);
        assertThat(answers.isUndecided(room.state(), 2)).isTrue();
    }

    @Test
    void manyRefusedBeforeTheJumpIsRead_areLookedAtOnceAtMost() {
        List<OperationId> begun = new ArrayList<>(begin(room, MANY).keySet());
        for (OperationId operation : begun) {
            answers.forget(operation);
            assertThat(answers.isUndecided(room.state(), 0)).isFalse();
        }
        assertThat(table.looks).hasValueLessThanOrEqualTo(MANY);
    }

    @Test
    void oneThatIsUndecidedBesideManyOfAnotherGroup_isNotLookedForAgainAndAgain() {
        begin(open("other"), MANY);
        OperationId last = begin(room, 1).keySet().iterator().next();
        for (int i = 0; i < MANY; i++) {
            assertThat(answers.isUndecided(room.state(), 1)).isTrue();
        }
        answers.forget(last);
        assertThat(answers.isUndecided(room.state(), 1)).isFalse();
        assertThat(answers.isUndecided(room.state(), 1)).isFalse();
        assertThat(table.looks).hasValueLessThanOrEqualTo(MANY + 1);
    }

    @Test
    void groupWithoutPublishes_doesNotLookAtThoseOfOthers() {
        begin(open("other"), MANY);
        PendingPublishes quiet =
                new PendingPublishes(table, CoreFixture.NODE, new AnswerBounds(10, 10), (entry, answer) -> {});
        quiet.answerPassed(room.state());
        assertThat(quiet.isUndecided(room.state(), 1)).isFalse();
        OperationId forgotten = begin(room, 1, quiet).keySet().iterator().next();
        quiet.forget(forgotten);
        quiet.answerPassed(room.state());
        assertThat(quiet.isUndecided(room.state(), 2)).isFalse();
        assertThat(table.looks).hasValue(0);
        begin(room, 1, quiet);
        assertThat(quiet.isUndecided(room.state(), 3)).isTrue();
    }

    /** Counts who is looked at without being asked for by name. */
    private static final class Table extends ConcurrentHashMap<OperationId, PendingPublish> {
        private static final long serialVersionUID = 1;
        private final transient AtomicInteger looks = new AtomicInteger();

        @Override
        public void forEach(BiConsumer<? super OperationId, ? super PendingPublish> look) {
            super.forEach((operation, publishing) -> {
                looks.incrementAndGet();
                look.accept(operation, publishing);
            });
        }

        @Override
        public Collection<PendingPublish> values() {
            Collection<PendingPublish> all = super.values();
            return new AbstractCollection<>() {
                @Override
                public Iterator<PendingPublish> iterator() {
                    return all.stream().peek(one -> looks.incrementAndGet()).iterator();
                }

                @Override
                public int size() {
                    return all.size();
                }
            };
        }
    }

    private static final class Nobody implements UniSubscriber<Groups.PublishResult> {
        @Override
        public Context context() {
            return Context.empty();
        }

        @Override
        public void onSubscribe(UniSubscription subscription) {}

        @Override
        public void onItem(Groups.PublishResult item) {}

        @Override
        public void onFailure(Throwable failure) {}
    }
}
