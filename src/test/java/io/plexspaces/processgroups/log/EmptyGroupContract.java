package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.Glob;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Command.Reach;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Groups that go when they have been empty for a while. */
abstract class EmptyGroupContract extends LogFixture {
    private static final Duration WAIT = Duration.ofMillis(200);

    /** What a store may take for a few calls. */
    private static final Duration LONG = Duration.ofSeconds(5);

    EmptyGroupContract(GroupLogContract contract) {
        super(contract);
    }

    private Appended create(GroupId group, Duration wait) {
        GroupSpec spec = new GroupSpec(GroupSpec.Metadata.NONE, KEEP_ALL, null, wait);
        return result(append(group, new Command.Create(spec)));
    }

    private int expire() {
        return result(log().expire(operation())).groups();
    }

    private boolean exists(GroupId group) {
        GroupQuery all = new GroupQuery(tenant, null, Glob.ANY, null, 100);
        return result(log().groups(all)).groups().stream()
                .anyMatch(info -> info.id().equals(group));
    }

    @Test
    void emptyForAsLong_isDeleted_andAllWhoReadItAreTold() {
        create(room, WAIT);
        Recorder reader = open(room);
        NamespaceRecorder names = new NamespaceRecorder();
        result(log().follow(new Namespace(tenant, "default"), names));
        done(join(ALICE));
        done(publish("kept"));
        Appended left = done(leave(ALICE, null));
        advance(WAIT);
        assertThat(expire()).isEqualTo(1);
        assertThat(expire()).isZero();

        assertThat(failure(append(room, join(ALICE)))).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
        assertThat(exists(room)).isFalse();
        reader.upTo(left.position().offset() + 1);
        assertThat(reader.last()).isInstanceOf(Entry.Deleted.class);
        names.awaitTold("snapshot [room]", "deleted room");

        Position again = create(room, LONG).position();
        assertThat(again.epoch()).isNotEqualTo(left.position().epoch());
        assertThat(read(null).messages()).isEmpty();
    }

    @Test
    void neverJoined_isDeletedToo_andNotBeforeItsTime() {
        create(room, LONG);
        GroupId brief = group("brief");
        create(brief, WAIT);
        expire();
        assertThat(exists(brief)).isTrue();
        advance(WAIT);
        expire();
        assertThat(exists(brief)).isFalse();
        assertThat(exists(room)).isTrue();
    }

    @Test
    void spec_saysAfterWhichTime() {
        create(room, LONG);
        assertThat(snapshot().info().spec().deleteWhenEmpty()).isEqualTo(LONG);
        GroupId stays = group("stays");
        create(stays);
        Recorder reader = open(stays);
        assertThat(reader.first().info().spec().deleteWhenEmpty()).isNull();
    }

    @Test
    void member_keepsTheGroup_andItsLeaveBeginsTheTimeAnew() {
        create(room, WAIT);
        done(join(ALICE));
        advance(WAIT);
        expire();
        assertThat(snapshot().members()).hasSize(1);
        done(leave(ALICE, null));
        expire();
        assertThat(exists(room)).isTrue();
        done(join(BOB));
        done(leave(BOB, null));
        advance(WAIT);
        expire();
        assertThat(exists(room)).isFalse();
    }

    @Test
    void memberThatReceivesNothingNow_isAMember() {
        create(room, WAIT);
        Owner.Session session = new Owner.Session("s-" + tenant, NODE, 1);
        done(join(ALICE, session));
        done(new Reach(List.of(new Reach.Holder(ALICE, session)), true));
        advance(WAIT);
        expire();
        assertThat(exists(room)).isTrue();
        done(leaveAll(ALICE, session));
        advance(WAIT);
        expire();
        assertThat(exists(room)).isFalse();
    }

    @Test
    void ban_keepsTheGroup_withWhichItWouldEnd() {
        create(room, WAIT);
        done(new Command.Evict(ALICE, LONG));
        advance(WAIT);
        expire();
        assertThat(exists(room)).isTrue();
        assertThat(failure(append(room, join(ALICE)))).isEqualTo(ErrorCode.BANNED);
    }

    @Test
    void leasesThatEnd_emptyTheGroup() {
        create(room, WAIT);
        Duration ttl = Duration.ofMillis(100);
        done(lease(ALICE, "one", ttl));
        done(lease(BOB, "two", ttl));
        advance(ttl.plusMillis(1));
        expire();
        assertThat(exists(room)).isTrue();
        assertThat(snapshot().members()).isEmpty();
        advance(WAIT);
        expire();
        assertThat(exists(room)).isFalse();
    }

    @Test
    void timeOfAnEarlierLife_endsNoOther() {
        create(room, WAIT);
        result(deleting(room));
        create(room);
        advance(WAIT);
        expire();
        assertThat(exists(room)).isTrue();
        assertThat(done(join(ALICE)).position().offset()).isEqualTo(2);
    }

    /** A join comes before, and the group stays; or after, and there is none. */
    @Test
    void joinThatRaces_isInALivingGroup_orFails() {
        List<GroupId> rooms = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            rooms.add(group("room-" + i));
            create(group("room-" + i), WAIT);
        }
        advance(WAIT);
        CompletableFuture<Void> expiring = CompletableFuture.runAsync(this::expire);
        int lost = 0;
        List<GroupId> joined = new ArrayList<>();
        for (GroupId one : rooms) {
            try {
                result(append(one, join(ALICE)));
                joined.add(one);
            } catch (GroupException gone) {
                assertThat(gone.code()).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
                lost++;
            }
        }
        expiring.join();
        expire();
        assertThat(joined.size() + lost).isEqualTo(rooms.size());
        for (GroupId one : rooms) {
            assertThat(exists(one)).as(one.name()).isEqualTo(joined.contains(one));
        }
        for (GroupId one : joined) {
            Recorder reader = open(one);
            assertThat(reader.first().members()).hasSize(1);
        }
    }
}
