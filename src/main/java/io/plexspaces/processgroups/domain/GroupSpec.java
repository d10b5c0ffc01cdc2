package io.plexspaces.processgroups.domain;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a group is created with.
 *
 * @param overflow null: the server's default
 * @param deleteWhenEmpty the group is deleted when it has had no member for so long, by the store's clock, > 0; null:
 *     it stays
 */
public record GroupSpec(
        Metadata metadata,
        Retention retention,
        @Nullable OverflowPolicy overflow,
        @Nullable Duration deleteWhenEmpty) {
    /** One that stays. */
    public GroupSpec(Metadata metadata, Retention retention, @Nullable OverflowPolicy overflow) {
        this(metadata, retention, overflow, null);
    }

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
