package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.core.delivery.Event.Delivered;
import io.plexspaces.processgroups.core.delivery.Event.FilterChanged;
import io.plexspaces.processgroups.core.delivery.Event.GroupCreated;
import io.plexspaces.processgroups.core.delivery.Event.Joined;
import io.plexspaces.processgroups.core.delivery.Event.Left;
import io.plexspaces.processgroups.core.delivery.Event.Members;
import io.plexspaces.processgroups.core.delivery.Event.Updated;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.proto.v1.Draining;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.Gap;
import io.plexspaces.processgroups.proto.v1.GroupDeleted;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.Join;
import io.plexspaces.processgroups.proto.v1.MemberCount;
import io.plexspaces.processgroups.proto.v1.MemberLeft;
import io.plexspaces.processgroups.proto.v1.Snapshot;
import io.plexspaces.processgroups.proto.v1.Subscribed;
import io.plexspaces.processgroups.proto.v1.TokenExpiring;

/** Events as they look on the wire. */
public final class Events {
    private Events() {}

    public static Event toProto(io.plexspaces.processgroups.core.delivery.Event event) {
        if (event instanceof Delivered delivered) {
            return message(delivered.group(), delivered.entry());
        }
        Event.Builder to = Event.newBuilder();
        GroupId group = event.group();
        if (group != null) {
            to.setGroupName(group.name());
        }
        if (event instanceof io.plexspaces.processgroups.core.delivery.Event.Subscribed subscribed) {
            to.setOffset(subscribed.position().offset()).setSubscribed(subscribed(subscribed));
        } else if (event instanceof Members members) {
            to.setOffset(members.position().offset()).setSnapshot(snapshot(members));
        } else if (event instanceof Joined joined) {
            to.setOffset(joined.offset()).setJoined(membership(joined.group(), joined.membership()));
        } else if (event instanceof Left left) {
            to.setOffset(left.offset()).setLeft(left(left));
        } else if (event instanceof FilterChanged changed) {
            to.setOffset(changed.offset()).setFilterChanged(membership(changed.group(), changed.membership()));
        } else if (event instanceof Updated updated) {
            to.setOffset(updated.offset()).setUpdated(membership(updated.group(), updated.membership()));
        } else if (event instanceof io.plexspaces.processgroups.core.delivery.Event.MemberCount counted) {
            to.setOffset(counted.offset())
                    .setMemberCount(MemberCount.newBuilder().setCount(counted.count()));
        } else if (event instanceof GroupCreated created) {
            to.setOffset(1).setGroupCreated(GroupSpecs.write(created.info()));
        } else if (event instanceof io.plexspaces.processgroups.core.delivery.Event.GroupDeleted deleted) {
            to.setOffset(deleted.position().offset())
                    .setGroupDeleted(GroupDeleted.newBuilder()
                            .setEpoch(deleted.position().epoch()));
        } else if (event instanceof io.plexspaces.processgroups.core.delivery.Event.Gap gap) {
            to.setGap(gap(gap));
        } else if (event instanceof io.plexspaces.processgroups.core.delivery.Event.Draining draining) {
            to.setDraining(Draining.newBuilder().setClosesIn(Values.duration(draining.closesIn())));
        } else if (event instanceof io.plexspaces.processgroups.core.delivery.Event.TokenExpiring expiring) {
            to.setTokenExpiring(TokenExpiring.newBuilder().setExpiresAt(Values.instant(expiring.at())));
        } else {
            AskEvents.write(event, to);
        }
        return to.build();
    }

    static Event message(GroupId group, Entry.Published entry) {
        Event.Builder event = Event.newBuilder()
                .setGroupName(group.name())
                .setOffset(entry.offset())
                .setMessage(Messages.write(entry));
        if (entry.topic() != null) {
            event.setTopic(entry.topic().value());
        }
        return event.setReplyWanted(entry.asker() != null).build();
    }

    static GroupMembership membership(GroupId group, Membership member) {
        GroupMembership.Builder membership = GroupMembership.newBuilder()
                .setGroupName(group.name())
                .setTenantId(group.tenant())
                .setNamespace(group.namespace().name())
                .setActorId(member.actor().value())
                .setNodeId(member.node().value())
                .setJoinCount(member.joinCount())
                .setJoinedAt(Values.instant(member.joinedAt()))
                .setLastHeartbeat(Values.instant(member.lastHeartbeat()))
                .addAllTopics(member.filter().topics());
        for (Membership.Holding held : member.holdings()) {
            membership.addJoins(join(member, held));
        }
        return membership.build();
    }

    /** Who may see members must not learn what joins could be ended with. */
    private static Join join(Membership member, Membership.Holding held) {
        return Join.newBuilder()
                .setKind(kind(held.owner()))
                .setNodeId(held.node().value())
                .setJoinedAt(Values.instant(held.since() == null ? member.joinedAt() : held.since()))
                .putAllMetadata(held.metadata().values())
                .setJoinCount(held.joins())
                .build();
    }

    private static Join.Kind kind(Owner owner) {
        if (owner instanceof Owner.Session) {
            return Join.Kind.SESSION;
        }
        return owner instanceof Owner.Lease ? Join.Kind.LEASE : Join.Kind.DURABLE;
    }

    static Gap gap(io.plexspaces.processgroups.core.delivery.Event.Gap gap) {
        return Gap.newBuilder()
                .setReason(
                        switch (gap.reason()) {
                            case OVERFLOW -> Gap.Reason.OVERFLOW;
                            case TRIMMED -> Gap.Reason.TRIMMED;
                            case EPOCH_CHANGED -> Gap.Reason.EPOCH_CHANGED;
                            case UNREADABLE -> Gap.Reason.UNREADABLE;
                            case MEMBERS -> Gap.Reason.MEMBERS_CHANGED;
                        })
                .setMissed(gap.missed())
                .setExact(gap.exact())
                .setFromOffset(gap.from())
                .setToOffset(gap.to())
                .build();
    }

    private static Subscribed subscribed(io.plexspaces.processgroups.core.delivery.Event.Subscribed event) {
        Subscribed.Builder subscribed = Subscribed.newBuilder()
                .setEpoch(event.position().epoch())
                .setOffset(event.position().offset())
                .setRecovered(event.recovered())
                .setResumeToken(event.resumeToken());
        if (event.snapshot() != null) {
            subscribed.setSnapshot(snapshot(event.snapshot()));
        }
        return subscribed.build();
    }

    private static Snapshot snapshot(Members members) {
        Snapshot.Builder snapshot = Snapshot.newBuilder()
                .setEpoch(members.position().epoch())
                .setOffset(members.position().offset())
                .setLast(members.last());
        for (Membership member : members.members()) {
            snapshot.addMembers(membership(members.group(), member));
        }
        return snapshot.build();
    }

    private static MemberLeft left(Left event) {
        return MemberLeft.newBuilder()
                .setActorId(event.actor().value())
                .setReason(reason(event.reason()))
                .build();
    }

    private static io.plexspaces.processgroups.proto.v1.LeaveReason reason(LeaveReason reason) {
        return switch (reason) {
            case LEFT -> io.plexspaces.processgroups.proto.v1.LeaveReason.LEFT;
            case DISCONNECTED -> io.plexspaces.processgroups.proto.v1.LeaveReason.DISCONNECTED;
            case NODE_DOWN -> io.plexspaces.processgroups.proto.v1.LeaveReason.NODE_DOWN;
            case LEASE_EXPIRED -> io.plexspaces.processgroups.proto.v1.LeaveReason.LEASE_EXPIRED;
            case GROUP_DELETED -> io.plexspaces.processgroups.proto.v1.LeaveReason.GROUP_DELETED;
            case EVICTED -> io.plexspaces.processgroups.proto.v1.LeaveReason.EVICTED;
        };
    }
}
