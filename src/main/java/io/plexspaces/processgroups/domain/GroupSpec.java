package io.plexspaces.processgroups.domain;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a group is created with.
 *
 * @param overflow null: the server's default
 */
public record GroupSpec(
        Metadata metadata, Retention retention, @Nullable OverflowPolicy overflow) {
    /** Descriptive data, kept and returned unchanged. */
    public record Metadata(
            String createdBy, String updatedBy, Map<String, String> labels, Map<String, Annotation> annotations) {
        public static final Metadata NONE = new Metadata("", "", Map.of(), Map.of());

        public Metadata {
            labels = Copies.of(labels);
            annotations = Copies.of(annotations);
        }
    }

    /** A typed value the server does not look into. */
    public record Annotation(String typeUrl, Bytes value) {}
}
