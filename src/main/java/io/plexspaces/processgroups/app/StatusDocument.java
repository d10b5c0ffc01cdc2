package io.plexspaces.processgroups.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.plexspaces.processgroups.api.http.NodeStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The status of this node: written when it is asked for, and kept for a second, however many ask. Thread-safe. */
final class StatusDocument implements NodeStatus {
    private static final JsonFactory JSON = new JsonFactory();
    private static final long KEPT_NANOS = 1_000_000_000L;

    private final Map<String, Section> sections;
    private final LongSupplier nanos;

    // Guarded by this.
    private byte @Nullable [] kept;
    private long written;

    /** The value of one field. */
    @FunctionalInterface
    interface Section {
        void write(JsonGenerator json) throws IOException;
    }

    /**
     * @param sections by the names of their fields, in the order of the document
     * @param nanos a monotonic clock
     */
    StatusDocument(Map<String, Section> sections, LongSupplier nanos) {
        this.sections = sections;
        this.nanos = nanos;
    }

    @Override
    public synchronized byte[] json() {
        long now = nanos.getAsLong();
        byte[] present = kept;
        if (present == null || now - written > KEPT_NANOS) {
            present = write();
            kept = present;
            written = now;
        }
        return present;
    }

    private byte[] write() {
        ByteArrayOutputStream document = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(document)) {
            json.writeStartObject();
            for (Map.Entry<String, Section> each : sections.entrySet()) {
                json.writeFieldName(each.getKey());
                each.getValue().write(json);
            }
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return document.toByteArray();
    }
}
