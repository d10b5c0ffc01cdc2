package io.plexspaces.processgroups.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.core.ConnectionSettings;
import io.plexspaces.processgroups.core.CoreFixture;
import io.plexspaces.processgroups.core.FakePeer;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ConnectionBoundsTest {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static CoreFixture bounded(int perActor, int perTenant) {
        return CoreFixture.with(GRACE, new ConnectionSettings(perActor, perTenant, Duration.ZERO, Duration.ZERO));
    }

    private static void assertRefused(ThrowingCallable call, String limit) {
        assertThatThrownBy(call).isInstanceOfSatisfying(GroupException.class, refused -> {
            assertThat(refused.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
            assertThat(refused.field()).isEqualTo(limit);
        });
    }

    @Test
    void actor_hasNoMoreConnectionsThanAllowed_inEachNamespace() {
        try (CoreFixture core = bounded(2, 100)) {
            Namespace other = new Namespace(core.tenant, "other");
            core.connect("alice");
            CoreFixture.Client second = core.connect("alice");
            core.connect("bob");
            core.connect("alice", null, other);

            assertRefused(() -> core.connect("alice"), "connections-per-actor");

            second.drop();
            await().ignoreExceptions().until(() -> core.connect("alice"), Objects::nonNull);
        }
    }

    @Test
    void server_hasNoMoreConnectionsThanAllowed() {
        try (CoreFixture core = bounded(2, 2)) {
            Connection last = core.sessions.connect(new FakePeer(0));
            for (int i = 1; i < CoreFixture.CONNECTIONS_AT_MOST; i++) {
                last = core.sessions.connect(new FakePeer(0));
            }
            assertThatThrownBy(() -> core.sessions.connect(new FakePeer(0)))
                    .isInstanceOfSatisfying(GroupException.class, refused -> assertThat(refused.code())
                            .isEqualTo(ErrorCode.LIMIT_EXCEEDED))
                    .hasMessageContaining("sessions");
            last.lost();
            await().ignoreExceptions().until(() -> core.sessions.connect(new FakePeer(0)), Objects::nonNull);
        }
    }

    @Test
    void tenant_hasNoMoreConnectionsThanAllowed_watchesCount() {
        try (CoreFixture core = bounded(100, 2)) {
            GroupId group = core.create("g");
            core.connect("alice");
            CoreFixture.Watching watching = core.watch(group);

            assertRefused(() -> core.connect("bob"), "connections-per-tenant");
            assertRefused(() -> core.watch(group), "connections-per-tenant");
            core.connect("carol", null, new Namespace("another", "default"));

            watching.connection().lost();
            await().ignoreExceptions().until(() -> core.connect("bob"), Objects::nonNull);
        }
    }

    @Test
    void tenantWithAQuota_hasNoMoreThanThat_andOthersHaveTheLimit() {
        ConnectionSettings.TenantQuota quota = new ConnectionSettings.TenantQuota() {
            @Override
            public int of(String tenant) {
                return tenant.equals("small") ? 1 : tenant.equals("large") ? 10 : 0;
            }

            @Override
            public GroupException exceeded(String tenant) {
                return GroupException.quota("sessions", of(tenant), Duration.ZERO);
            }
        };
        try (CoreFixture core =
                CoreFixture.with(GRACE, new ConnectionSettings(100, 2, Duration.ZERO, Duration.ZERO, quota))) {
            Namespace small = new Namespace("small", "default");
            Namespace large = new Namespace("large", "default");
            CoreFixture.Client first = core.connect("alice", null, small);
            assertThatThrownBy(() -> core.connect("bob", null, small))
                    .isInstanceOfSatisfying(GroupException.class, refused -> assertThat(refused.code())
                            .isEqualTo(ErrorCode.QUOTA_EXCEEDED));
            core.connect("alice", null, large);
            core.connect("bob", null, large);
            assertRefused(() -> core.connect("carol", null, large), "connections-per-tenant");

            first.drop();
            await().ignoreExceptions().until(() -> core.connect("bob", null, small), Objects::nonNull);
        }
    }

    /** It replaces the one that it comes back from, which the server may take for a living one. */
    @Test
    void actorThatComesBack_findsRoom() {
        try (CoreFixture core = bounded(1, 1)) {
            GroupId group = core.create("g");
            CoreFixture.Client first = core.connect("alice");
            first.join(group);

            CoreFixture.Client again = core.connect("alice", first.opened().resumeToken());

            assertThat(again.opened().resumed()).isTrue();
            await().until(first.peer()::isClosed);
            assertRefused(() -> core.connect("alice"), "connections-per-actor");
        }
    }

    @Test
    void connectionsThatHaveEnded_leaveNothingBehind() {
        try (CoreFixture core = bounded(1, 100)) {
            List<CoreFixture.Client> clients = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                clients.add(core.connect("actor-" + i));
            }
            assertThat(core.sessions.sharing()).isEqualTo(51);
            assertRefused(() -> core.connect("actor-0"), "connections-per-actor");

            clients.forEach(CoreFixture.Client::drop);

            await().untilAsserted(() -> assertThat(core.sessions.sharing()).isZero());
        }
    }

    @Test
    void oldConnection_isSentAway_asByAServerThatStops() {
        Duration notice = Duration.ofHours(2);
        ConnectionSettings aging = new ConnectionSettings(10, 10, Duration.ofHours(3), notice);
        try (CoreFixture core = CoreFixture.with(GRACE, aging)) {
            GroupId group = core.create("g");
            CoreFixture.Client alice = core.connect("alice");
            alice.join(group);

            core.doWhatIsDueAfter(Duration.ofHours(1));
            await().untilAsserted(() ->
                    assertThat(alice.peer().seen(Event.Draining.class)).containsExactly(new Event.Draining(notice)));
            assertThat(alice.peer().isClosed()).isFalse();
            core.doWhatIsDueAfter(Duration.ofHours(1));
            await().until(alice.peer()::isClosed);

            assertThat(alice.peer().closeCode()).isEqualTo(ErrorCode.SHUTTING_DOWN);
            CoreFixture.Client again = core.connect("alice", alice.opened().resumeToken());
            assertThat(again.opened().resumed()).isTrue();
            assertThat(again.opened().groups()).containsExactly(group);
        }
    }

    @Test
    void connectionThatEnds_isNotWaitedForByItsAge() {
        ConnectionSettings aging = new ConnectionSettings(10, 10, Duration.ofHours(3), Duration.ZERO);
        try (CoreFixture core = CoreFixture.with(GRACE, aging)) {
            CoreFixture.Client alice = core.connect("alice");
            alice.drop();
            await().until(() -> core.sessions.connected() == 0);

            core.doWhatIsDueAfter(Duration.ofHours(1));

            assertThat(alice.peer().seen(Event.Draining.class)).isEmpty();
        }
    }

    @Test
    void ageOfConnections_isSpread_byATenthAtMost() {
        List<Double> ages = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ages.add((double) Connections.age(Duration.ofHours(1), i)
                    / Duration.ofHours(1).toNanos());
        }

        assertThat(ages).allSatisfy(age -> assertThat(age).isBetween(0.9, 1.1));
        ages.sort(null);
        for (int i = 1; i < ages.size(); i++) {
            assertThat(ages.get(i) - ages.get(i - 1)).isBetween(0.0005, 0.006);
        }
    }
}
