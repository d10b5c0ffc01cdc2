package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.Retention;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Groups come and go. */
abstract class LifecycleContract extends LogFixture {
    LifecycleContract(GroupLogContract contract) {
        super(contract);
    }

    @Test
    void create_isOffsetOneAndEmpty() {
        Appended created = create(room);
        assertThat(created.position().offset()).isEqualTo(1);
        assertThat(created.position().epoch()).isNotEmpty();
        assertThat(snapshot().position()).isEqualTo(created.position());
        assertThat(snapshot().members()).isEmpty();
        assertThat(snapshot().info().createdAt()).isEqualTo(created.at());
    }

    @Test
    void create_keepsItsSpec() {
        GroupSpec.Metadata metadata = new GroupSpec.Metadata("me", "you", Map.of("team", "red"), Map.of());
        GroupSpec spec = new GroupSpec(metadata, new Retention(7, Duration.ofSeconds(9)), null);
        result(append(room, new Command.Create(spec)));
        assertThat(snapshot().info().spec()).isEqualTo(spec);
        assertThat(snapshot().info().id()).isEqualTo(room);
    }

    @Test
    void createExisting_isRefusedAndTouchesNothing() {
        create(room);
        Appended joined = done(join(ALICE));
        assertThat(failure(append(room, new Command.Create(spec(new Retention(1, Duration.ZERO))))))
                .isEqualTo(ErrorCode.GROUP_EXISTS);
        assertThat(snapshot().position()).isEqualTo(joined.position());
        assertThat(snapshot().info().spec()).isEqualTo(spec(KEEP_ALL));
        assertThat(snapshot().members()).hasSize(1);
    }

    @Test
    void unknownGroup_isNotFound() {
        assertThat(failure(append(room, join(ALICE)))).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
        assertThat(failure(append(room, leave(ALICE, null)))).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
        assertThat(failure(append(room, publish("x")))).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
        assertThat(failure(append(room, new Command.Renew(ALICE, null, null)))).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
        assertThat(failure(log().read(room, null, 1))).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
        assertThat(failure(log().open(room, new Recorder()))).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
    }

    @Test
    void delete_isIdempotent() {
        create(room);
        done(join(ALICE));
        assertThat(result(deleting(room)).position().offset()).isEqualTo(3);
        assertThat(result(deleting(room)).position().offset()).isZero();
        assertThat(failure(append(room, join(ALICE)))).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
    }

    @Test
    void delete_tellsReadersAndIsTheLastEntry() {
        create(room);
        Recorder reader = open(room);
        Appended deleted = result(deleting(room));
        create(room);
        done(join(ALICE));
        reader.upTo(deleted);
        assertThat(reader.entries).hasSize(1);
        assertThat(reader.last()).isInstanceOf(Entry.Deleted.class);
    }

    @Test
    void recreated_hasNewEpochAndNothingOld() {
        Position before = create(room).position();
        done(join(ALICE));
        done(publish("old"));
        result(deleting(room));
        Position after = create(room).position();

        assertThat(after.epoch()).isNotEqualTo(before.epoch());
        assertThat(after.offset()).isEqualTo(1);
        assertThat(snapshot().members()).isEmpty();
        assertThat(read(null).messages()).isEmpty();
        assertThat(failure(append(room, leave(ALICE, null)))).isEqualTo(ErrorCode.NOT_A_MEMBER);
    }

    @Test
    void recreated_forgetsIdempotencyKeys() {
        create(room);
        done(publish(message("old", "key", null)));
        result(deleting(room));
        create(room);
        assertThat(done(publish(message("new", "key", null))).repeated()).isFalse();
        assertThat(texts(read(null))).containsExactly("new");
    }

    @Test
    void epochGiven_mustBeTheGroups() {
        String old = create(room).position().epoch();
        result(log().append(room, old, join(ALICE), operation()));
        result(deleting(room));
        create(room);
        for (Command command : List.of(join(ALICE), publish("x"), new Command.Delete())) {
            assertThat(failure(log().append(room, old, command, operation()))).isEqualTo(ErrorCode.EPOCH_CHANGED);
        }
        assertThat(snapshot().position().offset()).isEqualTo(1);
    }

    @Test
    void groupsWithOneNameInDifferentScopes_areDifferent() {
        GroupId otherNamespace = GroupId.of(tenant, "other", "room");
        GroupId otherTenant = GroupId.of(tenant + "-2", "", "room");
        create(room);
        done(join(ALICE));
        assertThat(failure(append(otherNamespace, join(BOB)))).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
        create(otherNamespace);
        create(otherTenant);
        result(append(otherTenant, join(BOB)));
        result(deleting(otherNamespace));
        assertThat(open(otherTenant).members()).containsOnlyKeys(BOB);
        assertThat(open(room).members()).containsOnlyKeys(ALICE);
        result(deleting(otherTenant));
    }

    @Test
    void append_happensOncePerSubscriptionAndNotBefore() {
        create(room);
        Uni<Appended> joining = append(room, join(ALICE));
        assertThat(snapshot().members()).isEmpty();
        result(joining);
        result(joining);
        assertThat(snapshot().members().get(0).joinCount()).isEqualTo(2);
    }

    @Test
    void groupsPerTenant_areLimitedAndTakeNothingFromOthers() {
        for (int i = 0; i < GroupLogContract.LIMITS.groupsPerTenant(); i++) {
            create(group("g" + i));
        }
        assertThat(failure(creating(room))).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
        assertThat(failure(append(room, join(ALICE)))).isEqualTo(ErrorCode.GROUP_NOT_FOUND);
        create(GroupId.of(tenant + "-2", "", "room"));
        result(deleting(group("g77")));
        create(room);
        assertThat(failure(creating(group("g77")))).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
    }
}
