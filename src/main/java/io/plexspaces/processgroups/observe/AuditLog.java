package io.plexspaces.processgroups.observe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.plexspaces.processgroups.access.Attempt;
import io.plexspaces.processgroups.domain.Rate;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The audit log: lines of the category {@code audit}, whose text is one JSON object: who, what, on what, and whether it
 * was done or why not. The time is the log's. Texts of clients are names that were checked, or the subject of a token
 * that was accepted; nothing else of a token or a request is ever in it.
 *
 * <p>Whatever was managed has a line. Of refusals, there are {@link #A_SECOND} a second at most of those who were not
 * let in, and as many of those who were denied something; the next line of the kind says how many were left out.
 * Thread-safe.
 */
public final class AuditLog {
    static final int A_SECOND = 100;

    private static final Logger LOG = Logger.getLogger("audit");
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final Sample notLetIn;
    private final Sample denied;

    /** @param nanos a monotonic clock */
    public AuditLog(LongSupplier nanos) {
        notLetIn = new Sample(new Rate(A_SECOND, nanos), new AtomicLong());
        denied = new Sample(new Rate(A_SECOND, nanos), new AtomicLong());
    }

    /** A caller was not let in: nobody knows who it is. */
    void notLetIn(String reason, @Nullable SocketAddress from) {
        refused(notLetIn, json -> {
            address(json, from);
            json.writeBooleanField("allowed", false);
            json.writeStringField("reason", reason);
        });
    }

    /** @param missing the right, and the field that it does not cover, as clients are told */
    void denied(Attempt attempt, String missing) {
        refused(denied, json -> {
            attempt(json, attempt);
            json.writeBooleanField("allowed", false);
            json.writeStringField("reason", missing);
        });
    }

    /** @param known false: it was done perhaps, or in part */
    void managed(Attempt attempt, boolean known) {
        LOG.info(line(json -> {
            attempt(json, attempt);
            json.writeBooleanField("allowed", true);
            if (!known) {
                json.writeStringField("outcome", "unknown");
            }
        }));
    }

    private void refused(Sample sample, Content content) {
        if (sample.rate().take(1) > 0) {
            sample.leftOut().incrementAndGet();
            return;
        }
        long others = sample.leftOut().getAndSet(0);
        LOG.warn(line(json -> {
            content.write(json);
            if (others > 0) {
                json.writeNumberField("left_out", others);
            }
        }));
    }

    /** Strangers without a token must not be able to hide what callers with one were denied: each has its own. */
    private record Sample(Rate rate, AtomicLong leftOut) {}

    private interface Content {
        void write(JsonGenerator json) throws IOException;
    }

    private static String line(Content content) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            content.write(json);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new IllegalStateException("a text was not written", impossible);
        }
        return line.toString();
    }

    private static void attempt(JsonGenerator json, Attempt attempt) throws IOException {
        field(json, "caller_tenant", attempt.caller().tenant());
        field(json, "subject", attempt.caller().subject());
        address(json, attempt.from());
        field(json, "operation", attempt.operation());
        field(json, "tenant", attempt.tenant());
        field(json, "namespace", attempt.namespace());
        field(json, "group", attempt.group());
        field(json, "actor", attempt.actor());
        if (attempt.isEverywhere()) {
            json.writeBooleanField("everywhere", true);
        }
        if (attempt.ban() != null) {
            json.writeStringField("ban", attempt.ban().toString());
        }
    }

    /** As a number: a name would have to be asked for. */
    private static void address(JsonGenerator json, @Nullable SocketAddress from) throws IOException {
        if (from instanceof InetSocketAddress known && known.getAddress() != null) {
            json.writeStringField("address", known.getAddress().getHostAddress());
        }
    }

    private static void field(JsonGenerator json, String name, @Nullable String value) throws IOException {
        if (value != null && !value.isEmpty()) {
            json.writeStringField(name, value);
        }
    }
}
