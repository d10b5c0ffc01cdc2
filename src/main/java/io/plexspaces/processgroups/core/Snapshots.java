package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Position;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells many members in many small events, each made when it is taken. */
final class Snapshots {
    /** Members in one event. */
    static final int PART = 500;

    private Snapshots() {}

    /**
     * What a watch gets first.
     *
     * @param created tell the group's creation before; null: do not
     */
    static Iterator<Frame> welcome(
            @Nullable GroupInfo created, GroupId group, Position position, List<Membership> members) {
        Stream<Event> creation = created == null ? Stream.of() : Stream.of(new Event.GroupCreated(created));
        return Stream.concat(creation, parts(group, position, members, 0))
                .map(Frame::of)
                .iterator();
    }

    /** What a watch gets last: everyone leaves, and the group is gone. */
    static Iterator<Frame> farewell(Event.GroupDeleted deleted, List<Membership> members) {
        Stream<Event> lefts = members.stream()
                .map(membership -> new Event.Left(
                        deleted.group(), deleted.position().offset(), membership.actor(), LeaveReason.GROUP_DELETED));
        return Stream.concat(lefts, Stream.of(deleted)).map(Frame::of).iterator();
    }

    /** The part that begins with member {@code from}. */
    static Event.Members part(GroupId group, Position position, List<Membership> members, int from) {
        int to = Math.min(from + PART, members.size());
        return new Event.Members(group, position, members.subList(from, to), to == members.size());
    }

    /** All parts from member {@code from} on; one empty part when there is nobody at all. */
    static Stream<Event> parts(GroupId group, Position position, List<Membership> members, int from) {
        return Stream.iterate(from, at -> at == 0 || at < members.size(), at -> at + PART)
                .map(at -> part(group, position, members, at));
    }
}
