package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.delivery.Event;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.GroupPage;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.Slice;
import io.plexspaces.processgroups.proto.v1.CreateGroupResponse;
import io.plexspaces.processgroups.proto.v1.DeleteGroupResponse;
import io.plexspaces.processgroups.proto.v1.EvictResponse;
import io.plexspaces.processgroups.proto.v1.FetchMessagesResponse;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersResponse;
import io.plexspaces.processgroups.proto.v1.GetMembersResponse;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.JoinGroupResponse;
import io.plexspaces.processgroups.proto.v1.LeaveGroupResponse;
import io.plexspaces.processgroups.proto.v1.ListGroupsResponse;
import io.plexspaces.processgroups.proto.v1.ProcessGroup;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import io.plexspaces.processgroups.proto.v1.RenewLeaseResponse;
import io.plexspaces.processgroups.proto.v1.ReplyResponse;
import io.plexspaces.processgroups.proto.v1.SessionOpened;
import io.plexspaces.processgroups.proto.v1.UpdateResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Results as they look on the wire. */
public final class Answers {
    /** Encoded bytes of the groups, members or events in one answer; a single larger one still goes. */
    static final int ANSWER_BYTES = 2 * 1024 * 1024;

    /** At most what goes before one element. */
    private static final int ELEMENT_BYTES = 4;

    private Answers() {}

    public static CreateGroupResponse created(GroupInfo info) {
        return CreateGroupResponse.newBuilder().setGroup(GroupSpecs.write(info)).build();
    }

    public static DeleteGroupResponse deleted(boolean existed) {
        return DeleteGroupResponse.newBuilder().setExisted(existed).build();
    }

    public static JoinGroupResponse joined(Groups.JoinResult result) {
        return JoinGroupResponse.newBuilder()
                .setEpoch(result.position().epoch())
                .setOffset(result.position().offset())
                .setJoinCount(result.joinCount())
                .setLeaseId(result.leaseId())
                .build();
    }

    public static EvictResponse evicted(Groups.EvictResult result) {
        return EvictResponse.newBuilder()
                .setJoins(result.joins())
                .setEpoch(result.position().epoch())
                .setOffset(result.position().offset())
                .build();
    }

    public static LeaveGroupResponse left(Groups.LeaveResult result) {
        return LeaveGroupResponse.newBuilder()
                .setEpoch(result.position().epoch())
                .setOffset(result.position().offset())
                .setJoinCount(result.joinCount())
                .build();
    }

    public static UpdateResponse updated(Groups.UpdateResult result) {
        return UpdateResponse.newBuilder()
                .setEpoch(result.position().epoch())
                .setOffset(result.position().offset())
                .build();
    }

    public static RenewLeaseResponse renewed(Groups.RenewResult result) {
        return RenewLeaseResponse.newBuilder()
                .setExpiresAt(Values.instant(result.expiresAt()))
                .setRenewed(result.renewed())
                .build();
    }

    /** As many members as fit into {@value #ANSWER_BYTES} bytes; the token says where the others begin. */
    public static GetMembersResponse members(Groups.MembersQuery query, Groups.MemberPage page, boolean detailed) {
        GetMembersResponse.Builder response = GetMembersResponse.newBuilder().setTotalCount(page.total());
        int fitting = 0;
        long bytes = 0;
        for (Membership member : page.members()) {
            GroupMembership membership = detailed ? Events.membership(query.group(), member) : null;
            bytes += idBytes(member) + (membership == null ? 0 : ELEMENT_BYTES + membership.getSerializedSize());
            if (fitting > 0 && bytes > ANSWER_BYTES) {
                break;
            }
            response.addMemberIds(member.actor().value());
            if (membership != null) {
                response.addMemberships(membership);
            }
            fitting++;
        }
        return response.setNextPageToken(next(query, page, fitting)).build();
    }

    /** The same of the members here. */
    public static GetLocalMembersResponse localMembers(Groups.MembersQuery query, Groups.MemberPage page) {
        GetLocalMembersResponse.Builder response =
                GetLocalMembersResponse.newBuilder().setLocalCount(page.total());
        int fitting = 0;
        long bytes = 0;
        for (Membership member : page.members()) {
            bytes += idBytes(member);
            if (fitting > 0 && bytes > ANSWER_BYTES) {
                break;
            }
            response.addMemberIds(member.actor().value());
            fitting++;
        }
        return response.setNextPageToken(next(query, page, fitting)).build();
    }

    private static int idBytes(Membership member) {
        return ELEMENT_BYTES + member.actor().value().length();
    }

    /**
     * What the caller may see of the page, as much as fits into {@value #ANSWER_BYTES} bytes; the token leads to the
     * rest. A caller who may not see all is not told how many there are.
     *
     * @param by how the query was read
     */
    public static ListGroupsResponse groups(Requests by, GroupQuery query, GroupPage page) {
        ListGroupsResponse.Builder response = ListGroupsResponse.newBuilder();
        if (by.readsAll(query)) {
            response.setTotalCount(page.total());
        }
        boolean more = page.more();
        long bytes = 0;
        @Nullable GroupId last = null;
        for (GroupInfo info : page.groups()) {
            if (!by.reads(info.id())) {
                last = info.id();
                continue;
            }
            ProcessGroup group = GroupSpecs.write(info);
            bytes += group.getSerializedSize();
            if (last != null && bytes > ANSWER_BYTES) {
                more = true;
                break;
            }
            response.addGroups(group);
            last = info.id();
        }
        if (more && last != null) {
            response.setNextPageToken(PageTokens.encode(Pages.groups(query), Pages.end(last)));
        }
        return response.build();
    }

    public static PublishToGroupResponse published(Groups.PublishResult result) {
        PublishToGroupResponse.Builder response = PublishToGroupResponse.newBuilder()
                .setRecipientsCount(result.recipients())
                .setFailuresCount(result.failures())
                .setRecipientIdsTruncated(result.truncated())
                .setEpoch(result.position().epoch())
                .setOffset(result.position().offset())
                .setDuplicate(result.repeated())
                .setRecipientsPerNodeTruncated(result.nodesTruncated());
        for (Map.Entry<NodeId, Integer> node : result.perNode().entrySet()) {
            response.putRecipientsPerNode(node.getKey().value(), node.getValue());
        }
        for (ActorId id : result.ids()) {
            response.addRecipientIds(id.value());
        }
        return response.build();
    }

    public static ReplyResponse replied(Groups.ReplyResult result) {
        return ReplyResponse.newBuilder().setDuplicate(result.duplicate()).build();
    }

    /** The first event of a stream that asks. */
    public static Event.Asked asked(GroupId group, Groups.PublishResult result) {
        return new Event.Asked(
                group,
                0,
                result.position(),
                result.recipients(),
                result.failures(),
                result.perNode(),
                result.ids(),
                result.truncated(),
                result.nodesTruncated(),
                result.repeated());
    }

    static PublishToGroupResponse published(Event.Asked event) {
        return published(new Groups.PublishResult(
                event.position(),
                event.recipients(),
                event.failures(),
                event.perNode(),
                event.ids(),
                event.truncated(),
                event.nodesTruncated(),
                event.repeated()));
    }

    /**
     * As many messages as fit into {@value #ANSWER_BYTES} bytes.
     *
     * @param asked as they were asked for
     */
    public static FetchMessagesResponse fetched(Groups.FetchRequest asked, Slice slice) {
        FetchMessagesResponse.Builder response = FetchMessagesResponse.newBuilder();
        Position next = slice.end();
        boolean caughtUp = !slice.more();
        long bytes = 0;
        List<Entry.Published> messages = slice.messages();
        for (int i = 0; i < messages.size(); i++) {
            var event = Events.message(asked.group(), messages.get(i));
            bytes += event.getSerializedSize();
            if (i > 0 && bytes > ANSWER_BYTES) {
                next = new Position(slice.end().epoch(), messages.get(i - 1).offset());
                caughtUp = false;
                break;
            }
            response.addEvents(event);
        }
        Event.Gap gap = Gaps.of(asked, slice, next, caughtUp);
        if (gap != null) {
            response.setGap(Events.gap(gap));
        }
        return response.setNext(Values.position(next)).setCaughtUp(caughtUp).build();
    }

    /** @param node the answering one */
    public static SessionOpened opened(Sessions.Opened opened, NodeId node, Duration grace) {
        SessionOpened.Builder response = SessionOpened.newBuilder()
                .setResumeToken(opened.resumeToken())
                .setResumed(opened.resumed())
                .setNodeId(node.value())
                .setGrace(Values.duration(grace));
        for (GroupId group : opened.groups()) {
            response.addGroups(group.name());
        }
        return response.build();
    }

    private static String next(Groups.MembersQuery query, Groups.MemberPage page, int told) {
        boolean more = page.more() || told < page.members().size();
        return more && told > 0
                ? PageTokens.encode(
                        Pages.members(query.group(), query.localOnly()),
                        page.members().get(told - 1).actor().value())
                : "";
    }
}
