package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.Event;

/** Answers in the format of one kind of connection, as frames made with {@link Frame#control}. */
public interface AnswerFormat {
    Frame frame(Event answer);

    /** The answer to a publish. There is one for every message, so formats may have a shorter way. */
    default Frame published(long requestId, Groups.PublishResult result) {
        return frame(Event.newBuilder()
                .setAnswer(Answer.newBuilder().setRequestId(requestId).setPublished(Answers.published(result)))
                .build());
    }
}
