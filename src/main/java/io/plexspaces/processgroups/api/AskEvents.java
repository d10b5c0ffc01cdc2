package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.core.delivery.Event.AskCompleted;
import io.plexspaces.processgroups.core.delivery.Event.Asked;
import io.plexspaces.processgroups.core.delivery.Event.MemberMissing;
import io.plexspaces.processgroups.core.delivery.Event.Replied;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.MissingReason;
import io.plexspaces.processgroups.proto.v1.AskReply;
import io.plexspaces.processgroups.proto.v1.Event;
import org.jspecify.annotations.Nullable;

/** What an asker receives, as it looks on the wire. */
final class AskEvents {
    private AskEvents() {}

    static void write(io.plexspaces.processgroups.core.delivery.Event event, Event.Builder to) {
        if (event instanceof Asked asked) {
            to.setAsked(io.plexspaces.processgroups.proto.v1.Asked.newBuilder()
                    .setRequestId(asked.number())
                    .setPublished(Answers.published(asked)));
        } else if (event instanceof Replied replied) {
            to.setReply(AskReply.newBuilder()
                    .setRequestId(replied.number())
                    .setActorId(replied.actor().value())
                    .setMessage(Messages.write(replied.message(), null)));
        } else if (event instanceof MemberMissing one) {
            to.setMemberMissing(missing(one.actor(), one.reason()).setRequestId(one.number()));
        } else if (event instanceof AskCompleted completed) {
            to.setAskCompleted(completed(completed));
        }
    }

    private static io.plexspaces.processgroups.proto.v1.AskCompleted.Builder completed(AskCompleted event) {
        io.plexspaces.processgroups.proto.v1.AskCompleted.Builder completed =
                io.plexspaces.processgroups.proto.v1.AskCompleted.newBuilder()
                        .setRequestId(event.number())
                        .setComplete(event.complete())
                        .setMissingTotal(event.missingCount())
                        .setMissingTruncated(event.truncated())
                        .setTimedOut(event.timedOut());
        event.missing().forEach(one -> completed.addMissing(missing(one.actor(), one.reason())));
        return completed;
    }

    private static io.plexspaces.processgroups.proto.v1.MemberMissing.Builder missing(
            @Nullable ActorId actor, MissingReason reason) {
        return io.plexspaces.processgroups.proto.v1.MemberMissing.newBuilder()
                .setActorId(actor == null ? "" : actor.value())
                .setReason(reason(reason));
    }

    private static io.plexspaces.processgroups.proto.v1.MemberMissing.Reason reason(MissingReason reason) {
        return switch (reason) {
            case NO_REPLY -> io.plexspaces.processgroups.proto.v1.MemberMissing.Reason.NO_REPLY;
            case LEFT -> io.plexspaces.processgroups.proto.v1.MemberMissing.Reason.LEFT;
            case LOST_CONNECTION -> io.plexspaces.processgroups.proto.v1.MemberMissing.Reason.LOST_CONNECTION;
            case NODE_DOWN -> io.plexspaces.processgroups.proto.v1.MemberMissing.Reason.NODE_DOWN;
            case UNREACHABLE -> io.plexspaces.processgroups.proto.v1.MemberMissing.Reason.UNREACHABLE;
            case GROUP_DELETED -> io.plexspaces.processgroups.proto.v1.MemberMissing.Reason.GROUP_DELETED;
            case LOG_LOST -> io.plexspaces.processgroups.proto.v1.MemberMissing.Reason.LOG_LOST;
            case REPLIED_BEFORE -> io.plexspaces.processgroups.proto.v1.MemberMissing.Reason.REPLIED_BEFORE;
        };
    }
}
