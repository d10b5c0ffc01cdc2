package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.delivery.Source;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.domain.TopicPattern;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sends many members in many small events, each made when the connection takes it. */
public final class MemberEvents {
    /** Members in one event at most, and about how many bytes of them. */
    private static final int PART = 500;

    private static final int PART_BYTES = 256 * 1024;

    private static final int JOIN_BYTES = 64;

    private MemberEvents() {}

    /**
     * What a watch gets first.
     *
     * @param created send the group's creation before; null: do not
     */
    public static Source welcome(
            @Nullable GroupInfo created, GroupId group, Position position, List<Membership> members) {
        Stream<Event> creation = created == null ? Stream.of() : Stream.of(new Event.GroupCreated(created));
        Stream<Event> all = Stream.concat(creation, parts(group, position, members, 0));
        return Source.of(all.map(Frame::of).iterator(), weight(members));
    }

    /** What a watch gets when it has missed changes: that it has, and the members as they are. */
    public static Source again(Event.Gap gap, Position position, List<Membership> members) {
        Stream<Event> all = Stream.concat(Stream.of(gap), parts(gap.group(), position, members, 0));
        return Source.of(all.map(Frame::of).iterator(), weight(members));
    }

    /** What a watch gets last: everyone leaves, and the group is gone. */
    public static Source farewell(Event.GroupDeleted deleted, List<Membership> members) {
        Stream<Event> lefts = members.stream()
                .map(membership -> new Event.Left(
                        deleted.group(), deleted.position().offset(), membership.actor(), LeaveReason.GROUP_DELETED));
        return Source.of(Stream.concat(lefts, Stream.of(deleted)).map(Frame::of).iterator(), weight(members));
    }

    /** About how many bytes a list of members keeps alive that the group has anyway. */
    static long weight(List<Membership> members) {
        return 8L * members.size();
    }

    /** The first part; empty when there are no members. */
    static Event.Members first(GroupId group, Position position, List<Membership> members) {
        return event(group, position, members, Cut.from(members, 0));
    }

    /** The parts from member {@code from} on. */
    static Stream<Event> parts(GroupId group, Position position, List<Membership> members, int from) {
        return Stream.iterate(Cut.from(members, from), cut -> cut != null, cut -> cut.next(members))
                .map(cut -> event(group, position, members, cut));
    }

    private static Event.Members event(GroupId group, Position position, List<Membership> members, Cut cut) {
        return new Event.Members(group, position, members.subList(cut.begin(), cut.end()), cut.end() == members.size());
    }

    /** Members that fit into one event. */
    private record Cut(int begin, int end) {
        static Cut from(List<Membership> members, int begin) {
            int end = begin;
            int bytes = 0;
            while (end < members.size() && end - begin < PART && bytes < PART_BYTES) {
                bytes += bytes(members.get(end++));
            }
            return new Cut(begin, end);
        }

        @Nullable
        Cut next(List<Membership> members) {
            return end == members.size() ? null : from(members, end);
        }

        /** About what it takes on the wire. */
        private static int bytes(Membership membership) {
            int bytes = 64
                    + JOIN_BYTES * membership.holdings().size()
                    + membership.actor().value().length()
                    + membership.metadataBytes();
            for (TopicPattern pattern : membership.filter().patterns()) {
                bytes += 2 + pattern.value().length();
            }
            return bytes;
        }
    }
}
