package io.plexspaces.processgroups.observe;

import io.opentelemetry.api.trace.Span;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.domain.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * One line for each request: DEBUG when it succeeded, WARN without a stack when it was refused, TRACE when it begins
 * and what became of it. Never payloads, headers, tokens or leases. The parts of the subject are fields of the line
 * (diagnostic context), which structured output shows on their own.
 *
 * <p>Of refusals of one operation for one reason only the first few of a period have lines; {@link #summarize} logs how
 * many had none. Thread-safe.
 */
public final class RequestLog {
    private static final Logger LOG = Logger.getLogger("io.plexspaces.processgroups.requests");

    private record Cause(UseCase operation, ErrorCode code) {}

    private final int refusalsPerPeriod;

    /** As many as there are operations and reasons at most. */
    private final Map<Cause, Quota> quotas = new ConcurrentHashMap<>();

    /** @param refusalsPerPeriod lines between two calls of {@link #summarize}, for each operation and reason */
    public RequestLog(int refusalsPerPeriod) {
        this.refusalsPerPeriod = refusalsPerPeriod;
    }

    void begun(UseCase operation, Subject subject, @Nullable Span span) {
        if (LOG.isTraceEnabled()) {
            log(Logger.Level.TRACE, operation, subject, span, "begun");
        }
    }

    /** @param result null: nothing to say about it */
    void succeeded(UseCase operation, Subject subject, @Nullable Span span, @Nullable Object result) {
        if (!LOG.isDebugEnabled()) {
            return;
        }
        if (result != null && LOG.isTraceEnabled()) {
            log(Logger.Level.TRACE, operation, subject, span, Results.shown(result));
        }
        log(Logger.Level.DEBUG, operation, subject, span, "done");
    }

    /** The stack of an unexpected failure is logged by the edge. */
    void failed(UseCase operation, Subject subject, @Nullable Span span, Throwable failure) {
        ErrorCode code = Failures.codeOf(failure);
        if (quota(operation, code).pass()) {
            log(Logger.Level.WARN, operation, subject, span, code + ": " + Failures.messageOf(failure));
        }
    }

    /** Begins a new period, and says how many refusals had no line in the last one. To be called regularly. */
    public void summarize() {
        quotas.forEach((cause, quota) -> {
            long leftOut = quota.renew();
            if (leftOut > 0) {
                LOG.warnf("%s: %s, %d more times", cause.operation().label(), cause.code(), leftOut);
            }
        });
    }

    private Quota quota(UseCase operation, ErrorCode code) {
        return quotas.computeIfAbsent(new Cause(operation, code), cause -> new Quota(refusalsPerPeriod));
    }

    private static void log(
            Logger.Level level, UseCase operation, Subject subject, @Nullable Span span, String outcome) {
        StringBuilder line = new StringBuilder(operation.label());
        List<String> fields = new ArrayList<>(7);
        subject.forEach((name, value) -> {
            line.append(' ').append(name).append('=').append(value);
            MDC.put(name, value);
            fields.add(name);
        });
        if (span != null && span.getSpanContext().isValid()) {
            MDC.put("traceId", span.getSpanContext().getTraceId());
            fields.add("traceId");
        }
        try {
            LOG.log(level, line.append(": ").append(outcome));
        } finally {
            fields.forEach(MDC::remove);
        }
    }
}
