package io.plexspaces.processgroups.api;

import static com.google.protobuf.CodedOutputStream.computeBoolSize;
import static com.google.protobuf.CodedOutputStream.computeStringSize;
import static com.google.protobuf.CodedOutputStream.computeUInt32Size;
import static com.google.protobuf.CodedOutputStream.computeUInt64Size;

import com.google.protobuf.CodedOutputStream;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import java.io.IOException;
import java.util.Map;

/**
 * The answer to a publish of a session, as what {@link Answers#published} makes is encoded, but without the objects for
 * it: there is one for every message.
 */
final class PublishedElement extends EventElement {
    private static final int MAP_KEY = 1;
    private static final int MAP_VALUE = 2;

    private final long requestId;
    private final Groups.PublishResult result;
    private final int resultSize;
    private final int answerSize;

    PublishedElement(long requestId, Groups.PublishResult result) {
        this.requestId = requestId;
        this.result = result;
        this.resultSize = resultSize();
        this.answerSize = computeUInt64Size(Answer.REQUEST_ID_FIELD_NUMBER, requestId)
                + nested(Answer.PUBLISHED_FIELD_NUMBER, resultSize);
    }

    private int resultSize() {
        int size = number(PublishToGroupResponse.RECIPIENTS_COUNT_FIELD_NUMBER, result.recipients())
                + number(PublishToGroupResponse.FAILURES_COUNT_FIELD_NUMBER, result.failures())
                + flag(PublishToGroupResponse.RECIPIENT_IDS_TRUNCATED_FIELD_NUMBER, result.truncated())
                + text(
                        PublishToGroupResponse.EPOCH_FIELD_NUMBER,
                        result.position().epoch())
                + number(
                        PublishToGroupResponse.OFFSET_FIELD_NUMBER,
                        result.position().offset())
                + flag(PublishToGroupResponse.DUPLICATE_FIELD_NUMBER, result.repeated())
                + flag(PublishToGroupResponse.RECIPIENTS_PER_NODE_TRUNCATED_FIELD_NUMBER, result.nodesTruncated());
        for (Map.Entry<NodeId, Integer> node : result.perNode().entrySet()) {
            size += nested(PublishToGroupResponse.RECIPIENTS_PER_NODE_FIELD_NUMBER, nodeSize(node));
        }
        for (ActorId id : result.ids()) {
            size += computeStringSize(PublishToGroupResponse.RECIPIENT_IDS_FIELD_NUMBER, id.value());
        }
        return size;
    }

    @Override
    public int size() {
        return nested(FIELD, nested(Event.ANSWER_FIELD_NUMBER, answerSize));
    }

    @Override
    void writeTo(CodedOutputStream out) throws IOException {
        begin(out, FIELD, nested(Event.ANSWER_FIELD_NUMBER, answerSize));
        begin(out, Event.ANSWER_FIELD_NUMBER, answerSize);
        out.writeUInt64(Answer.REQUEST_ID_FIELD_NUMBER, requestId);
        begin(out, Answer.PUBLISHED_FIELD_NUMBER, resultSize);
        writeNumber(out, PublishToGroupResponse.RECIPIENTS_COUNT_FIELD_NUMBER, result.recipients());
        writeNumber(out, PublishToGroupResponse.FAILURES_COUNT_FIELD_NUMBER, result.failures());
        for (Map.Entry<NodeId, Integer> node : result.perNode().entrySet()) {
            begin(out, PublishToGroupResponse.RECIPIENTS_PER_NODE_FIELD_NUMBER, nodeSize(node));
            out.writeString(MAP_KEY, node.getKey().value());
            out.writeUInt32(MAP_VALUE, node.getValue());
        }
        for (ActorId id : result.ids()) {
            out.writeString(PublishToGroupResponse.RECIPIENT_IDS_FIELD_NUMBER, id.value());
        }
        writeFlag(out, PublishToGroupResponse.RECIPIENT_IDS_TRUNCATED_FIELD_NUMBER, result.truncated());
        write(out, PublishToGroupResponse.EPOCH_FIELD_NUMBER, result.position().epoch());
        writeNumber(
                out,
                PublishToGroupResponse.OFFSET_FIELD_NUMBER,
                result.position().offset());
        writeFlag(out, PublishToGroupResponse.DUPLICATE_FIELD_NUMBER, result.repeated());
        writeFlag(out, PublishToGroupResponse.RECIPIENTS_PER_NODE_TRUNCATED_FIELD_NUMBER, result.nodesTruncated());
    }

    private static int nodeSize(Map.Entry<NodeId, Integer> node) {
        return computeStringSize(MAP_KEY, node.getKey().value()) + computeUInt32Size(MAP_VALUE, node.getValue());
    }

    private static int number(int field, long value) {
        return value == 0 ? 0 : computeUInt64Size(field, value);
    }

    private static void writeNumber(CodedOutputStream out, int field, long value) throws IOException {
        if (value != 0) {
            out.writeUInt64(field, value);
        }
    }

    private static int flag(int field, boolean value) {
        return value ? computeBoolSize(field, true) : 0;
    }

    private static void writeFlag(CodedOutputStream out, int field, boolean value) throws IOException {
        if (value) {
            out.writeBool(field, true);
        }
    }
}
