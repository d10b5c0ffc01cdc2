package io.plexspaces.processgroups.log.redis.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.GroupSpec.Annotation;
import io.plexspaces.processgroups.domain.GroupSpec.Metadata;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Retention;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Specs of format 2: what {@code Spec} of {@code docs/store.md} describes, in protobuf's wire format. Fields that are
 * not known are passed over.
 */
final class ProtoSpecs {
    private static final int RETAINED_MESSAGES = 1;
    private static final int RETAINED_SECONDS = 2;
    private static final int RETAINED_NANOS = 3;
    private static final int OVERFLOW = 4;
    private static final int CREATED_BY = 5;
    private static final int UPDATED_BY = 6;
    private static final int LABELS = 7;
    private static final int ANNOTATIONS = 8;
    private static final int DELETE_SECONDS = 9;
    private static final int DELETE_NANOS = 10;

    private static final int KEY = 1;
    private static final int TYPE_URL = 2;
    private static final int VALUE = 3;

    private ProtoSpecs() {}

    static void encode(GroupSpec spec, CodedOutputStream out) throws IOException {
        Metadata metadata = spec.metadata();
        Fields.number(out, RETAINED_MESSAGES, spec.retention().messages());
        Fields.number(out, RETAINED_SECONDS, spec.retention().age().getSeconds());
        Fields.number(out, RETAINED_NANOS, spec.retention().age().getNano());
        Fields.text(
                out, OVERFLOW, spec.overflow() == null ? "" : spec.overflow().name());
        Fields.text(out, CREATED_BY, metadata.createdBy());
        Fields.text(out, UPDATED_BY, metadata.updatedBy());
        Fields.texts(out, LABELS, metadata.labels());
        for (Map.Entry<String, Annotation> annotation : metadata.annotations().entrySet()) {
            String key = annotation.getKey();
            String type = annotation.getValue().typeUrl();
            byte[] value = annotation.getValue().value().array();
            out.writeTag(ANNOTATIONS, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(CodedOutputStream.computeStringSize(KEY, key)
                    + CodedOutputStream.computeStringSize(TYPE_URL, type)
                    + CodedOutputStream.computeByteArraySize(VALUE, value));
            out.writeString(KEY, key);
            out.writeString(TYPE_URL, type);
            out.writeByteArray(VALUE, value);
        }
        Duration wait = spec.deleteWhenEmpty();
        if (wait != null) {
            Fields.number(out, DELETE_SECONDS, wait.getSeconds());
            Fields.number(out, DELETE_NANOS, wait.getNano());
        }
    }

    static GroupSpec decode(CodedInputStream in) throws IOException {
        int messages = 0;
        Duration age = Duration.ZERO;
        String overflow = "";
        String createdBy = "";
        String updatedBy = "";
        Map<String, String> labels = new HashMap<>();
        Map<String, Annotation> annotations = new HashMap<>();
        Duration wait = Duration.ZERO;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case RETAINED_MESSAGES -> messages = Math.toIntExact(in.readInt64());
                case RETAINED_SECONDS -> age = age.plusSeconds(in.readInt64());
                case RETAINED_NANOS -> age = age.plusNanos(in.readInt64());
                case OVERFLOW -> overflow = in.readString();
                case CREATED_BY -> createdBy = in.readString();
                case UPDATED_BY -> updatedBy = in.readString();
                case LABELS -> Fields.entry(in, labels);
                case ANNOTATIONS -> annotation(in, annotations);
                case DELETE_SECONDS -> wait = wait.plusSeconds(in.readInt64());
                case DELETE_NANOS -> wait = wait.plusNanos(in.readInt64());
                default -> in.skipField(tag);
            }
        }
        return new GroupSpec(
                new Metadata(createdBy, updatedBy, labels, annotations),
                new Retention(messages, age),
                policy(overflow),
                wait.isZero() ? null : wait);
    }

    private static @Nullable OverflowPolicy policy(String name) {
        return name.isEmpty() ? null : OverflowPolicy.valueOf(name);
    }

    private static void annotation(CodedInputStream in, Map<String, Annotation> annotations) throws IOException {
        int outer = in.pushLimit(in.readUInt32());
        String key = "";
        String type = "";
        byte[] value = {};
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case KEY -> key = in.readString();
                case TYPE_URL -> type = in.readString();
                case VALUE -> value = in.readByteArray();
                default -> in.skipField(tag);
            }
        }
        in.popLimit(outer);
        annotations.put(key, new Annotation(type, Bytes.wrap(value)));
    }
}
