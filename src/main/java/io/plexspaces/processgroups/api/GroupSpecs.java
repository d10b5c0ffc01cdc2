package io.plexspaces.processgroups.api;

import com.google.protobuf.Any;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.Utf8;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Metadata;
import io.plexspaces.processgroups.proto.v1.ProcessGroup;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a group is made with, proto to domain and back. */
final class GroupSpecs {
    private static final int NAME_BYTES = 255;
    private static final Duration SHORTEST_EMPTY = Duration.ofSeconds(1);
    private static final Duration LONGEST_EMPTY = Duration.ofHours(24);

    private GroupSpecs() {}

    static GroupSpec read(CreateGroupRequest request, ApiSettings settings) {
        return new GroupSpec(
                metadata(request.getMetadata(), settings),
                request.hasRetention() ? retention(request.getRetention(), settings) : settings.defaultRetention(),
                Values.policy(request.getOverflowPolicy()),
                request.hasDeleteWhenEmpty() ? deleteWhenEmpty(request.getDeleteWhenEmpty()) : null);
    }

    /** What a group is made with that a request finds missing. */
    static GroupSpec missing(ApiSettings settings, @Nullable Duration deleteWhenEmpty) {
        return new GroupSpec(GroupSpec.Metadata.NONE, settings.defaultRetention(), null, deleteWhenEmpty);
    }

    static Duration deleteWhenEmpty(com.google.protobuf.Duration value) {
        Duration wait = Values.duration("delete_when_empty", value);
        if (wait.compareTo(SHORTEST_EMPTY) < 0 || wait.compareTo(LONGEST_EMPTY) > 0) {
            throw GroupException.invalid("delete_when_empty", "must be from 1 second to 24 hours");
        }
        return wait;
    }

    static ProcessGroup write(GroupInfo info) {
        Duration wait = info.spec().deleteWhenEmpty();
        ProcessGroup.Builder group = ProcessGroup.newBuilder()
                .setGroupName(info.id().name())
                .setTenantId(info.id().tenant())
                .setNamespace(info.id().namespace().name())
                .setMemberCount(info.memberCount())
                .setMetadata(metadata(info))
                .setCreatedAt(Values.instant(info.createdAt()))
                .setRetention(retention(info.spec().retention()))
                .setOverflowPolicy(Values.policy(info.spec().overflow()))
                .setEpoch(info.epoch());
        if (wait != null) {
            group.setDeleteWhenEmpty(Values.duration(wait));
        }
        return group.build();
    }

    private static GroupSpec.Metadata metadata(Metadata metadata, ApiSettings settings) {
        long bytes = 0;
        for (Map.Entry<String, String> label : metadata.getLabelsMap().entrySet()) {
            bytes += Utf8.bytes(label.getKey()) + Utf8.bytes(label.getValue());
        }
        Map<String, GroupSpec.Annotation> annotations = new HashMap<>();
        for (Map.Entry<String, Any> annotation : metadata.getAnnotationsMap().entrySet()) {
            Any value = annotation.getValue();
            bytes += Utf8.bytes(annotation.getKey())
                    + Utf8.bytes(value.getTypeUrl())
                    + value.getValue().size();
            annotations.put(
                    annotation.getKey(), new GroupSpec.Annotation(value.getTypeUrl(), Values.bytes(value.getValue())));
        }
        if (bytes > settings.metadataBytes()) {
            throw GroupException.invalid(
                    "metadata", "labels and annotations must have at most " + settings.metadataBytes() + " bytes");
        }
        return new GroupSpec.Metadata(
                Utf8.atMost(NAME_BYTES, "metadata.created_by", metadata.getCreatedBy()),
                Utf8.atMost(NAME_BYTES, "metadata.updated_by", metadata.getUpdatedBy()),
                metadata.getLabelsMap(),
                annotations);
    }

    private static Metadata metadata(GroupInfo info) {
        GroupSpec.Metadata from = info.spec().metadata();
        Metadata.Builder metadata = Metadata.newBuilder()
                .setCreateTime(Values.instant(info.createdAt()))
                .setUpdateTime(Values.instant(info.createdAt()))
                .setCreatedBy(from.createdBy())
                .setUpdatedBy(from.updatedBy())
                .putAllLabels(from.labels());
        from.annotations()
                .forEach((key, value) -> metadata.putAnnotations(
                        key,
                        Any.newBuilder()
                                .setTypeUrl(value.typeUrl())
                                .setValue(Values.bytes(value.value()))
                                .build()));
        return metadata.build();
    }

    private static Retention retention(io.plexspaces.processgroups.proto.v1.Retention retention, ApiSettings settings) {
        int messages = retention.getMessages();
        if (messages < 0 || messages > settings.maxRetainedMessages()) {
            throw GroupException.invalid("retention.messages", "must be at most " + settings.maxRetainedMessages());
        }
        Duration age = Values.duration("retention.max_age", retention.getMaxAge());
        if (age.compareTo(settings.maxRetentionAge()) > 0) {
            throw GroupException.invalid("retention.max_age", "must be at most " + settings.maxRetentionAge());
        }
        return new Retention(messages, age);
    }

    private static io.plexspaces.processgroups.proto.v1.Retention retention(Retention retention) {
        return io.plexspaces.processgroups.proto.v1.Retention.newBuilder()
                .setMessages(retention.messages())
                .setMaxAge(Values.duration(retention.age()))
                .build();
    }
}
