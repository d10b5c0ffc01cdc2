package io.plexspaces.processgroups.log.redis.codec;

import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.GroupSpec.Annotation;
import io.plexspaces.processgroups.domain.GroupSpec.Metadata;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Retention;
import java.util.HashMap;
import java.util.Map;

/** What a group was created with, in binary: no script looks into it. */
public final class Specs {
    private static final int FIELD_BYTES = 64;

    private Specs() {}

    /** @param format one that this server writes */
    public static byte[] encode(GroupSpec spec, int format) {
        return format == Formats.FIRST
                ? encodeFirst(spec)
                : Fields.record(Formats.FIELDS, most(spec.metadata()), out -> ProtoSpecs.encode(spec, out));
    }

    private static int most(Metadata metadata) {
        int most = FIELD_BYTES
                + Fields.most(metadata.createdBy())
                + Fields.most(metadata.updatedBy())
                + Fields.most(metadata.labels());
        for (Map.Entry<String, Annotation> one : metadata.annotations().entrySet()) {
            Annotation annotation = one.getValue();
            most += Fields.most(one.getKey())
                    + Fields.most(annotation.typeUrl())
                    + annotation.value().array().length
                    + 24;
        }
        return most;
    }

    private static byte[] encodeFirst(GroupSpec spec) {
        Metadata metadata = spec.metadata();
        ByteWriter writer = new ByteWriter(64)
                .number(Formats.FIRST)
                .number(spec.retention().messages())
                .duration(spec.retention().age())
                .text(spec.overflow() == null ? "" : spec.overflow().name())
                .text(metadata.createdBy())
                .text(metadata.updatedBy())
                .texts(metadata.labels())
                .number(metadata.annotations().size());
        metadata.annotations()
                .forEach((key, value) -> writer.text(key).text(value.typeUrl()).bytes(value.value()));
        if (spec.deleteWhenEmpty() != null) {
            // Earlier servers read no further than they know.
            writer.duration(spec.deleteWhenEmpty());
        }
        return writer.toBytes();
    }

    /** @throws UnreadableException when no server this one knows has written it so */
    public static GroupSpec decode(byte[] bytes) {
        try {
            return decoded(bytes);
        } catch (RuntimeException damaged) {
            throw new UnreadableException("what a group was created with", damaged);
        }
    }

    private static GroupSpec decoded(byte[] bytes) {
        ByteReader reader = new ByteReader(bytes, 0, bytes.length);
        int format = reader.integer();
        if (format == Formats.FIELDS) {
            return Fields.parse(reader, ProtoSpecs::decode);
        }
        if (format != Formats.FIRST) {
            throw new IllegalArgumentException("a group in format " + format + ", which only a newer server reads");
        }
        Retention retention = new Retention(reader.integer(), reader.duration());
        String overflow = reader.text();
        String createdBy = reader.text();
        String updatedBy = reader.text();
        Map<String, String> labels = reader.texts();
        Map<String, Annotation> annotations = new HashMap<>();
        for (int left = reader.integer(); left > 0; left--) {
            String key = reader.text();
            annotations.put(key, new Annotation(reader.text(), reader.bytes()));
        }
        return new GroupSpec(
                new Metadata(createdBy, updatedBy, labels, annotations),
                retention,
                overflow.isEmpty() ? null : OverflowPolicy.valueOf(overflow),
                reader.isAtEnd() ? null : reader.duration());
    }
}
