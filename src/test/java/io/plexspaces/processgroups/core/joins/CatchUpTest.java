package io.plexspaces.processgroups.core.joins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Subscription;
import io.plexspaces.processgroups.core.delivery.Audience;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Subscriber;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Catching up with a log that has gone on, and trimmed, beyond the position from which messages come live. */
class CatchUpTest {
    private final CoreFixture core = new CoreFixture(Duration.ofSeconds(1));
    private final List<Position> positions = new ArrayList<>();
    private CoreFixture.Client client;
    private GroupId group;
    private Membership member;

    @BeforeEach
    void publishTen() {
        group = core.create("news", 2);
        core.join(group, "ann");
        for (int i = 0; i < 10; i++) {
            positions.add(core.publish(group, null, "m" + i).position());
        }
        member = CoreFixture.await(core.groups.members(new Groups.MembersQuery(group, false, null, 1)))
                .members()
                .get(0);
        client = core.connect("ann");
    }

    @AfterEach
    void close() {
        core.close();
    }

    @Test
    void nothingMissedUpToThePosition_isRecovered_whateverIsTrimmedBehind() {
        Event.Subscribed subscribed = catchUp(5, 5);

        assertThat(subscribed.recovered()).isTrue();
        assertThat(client.peer().seen(Event.Gap.class)).isEmpty();
        assertThat(client.peer().texts()).isEmpty();
    }

    @Test
    void whatIsTrimmedBehindThePosition_isNotCountedAsMissing() {
        Event.Subscribed subscribed = catchUp(3, 5);

        assertThat(subscribed.recovered()).isFalse();
        assertThat(client.peer().seen(Event.Gap.class)).singleElement().satisfies(gap -> {
            assertThat(gap.reason()).isEqualTo(Event.Gap.Reason.TRIMMED);
            assertThat(gap.missed()).isEqualTo(2);
            assertThat(gap.from()).isEqualTo(positions.get(3).offset());
            assertThat(gap.to()).isEqualTo(positions.get(5).offset() + 1);
        });
        assertThat(client.peer().texts()).isEmpty();
    }

    @Test
    void retainedUpToThePosition_isDelivered_andCountedExactly() {
        Event.Subscribed subscribed = catchUp(3, 8);

        assertThat(subscribed.recovered()).isFalse();
        assertThat(client.peer().seen(Event.Gap.class)).singleElement().satisfies(gap -> {
            assertThat(gap.missed()).isEqualTo(4);
            assertThat(gap.exact()).isTrue();
        });
        assertThat(client.peer().texts()).containsExactly("m8");
    }

    /** The client has seen {@code after}, and gets live what comes behind {@code position}. */
    private Event.Subscribed catchUp(int after, int position) {
        Subscriber subscriber =
                new Subscriber(client.connection(), group, new ActorId("ann"), OverflowPolicy.DISCONNECT);
        Subscription subscription =
                new Subscription(client.opened().session(), subscriber, positions.get(after), false, null, false);
        new Audience()
                .add(
                        subscriber,
                        new CatchUp(core.log).first(subscription, positions.get(position), member, Shown.NOTHING));
        await().until(() -> !client.peer().seen(Event.Subscribed.class).isEmpty());
        // All of them are written in one turn of its loop.
        CompletableFuture.runAsync(() -> {}, client.peer().loop()).join();
        return client.peer().seen(Event.Subscribed.class).get(0);
    }
}
