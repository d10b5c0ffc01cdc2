package io.plexspaces.processgroups.observe;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.plexspaces.processgroups.core.Operation;
import io.plexspaces.processgroups.domain.Message;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One span for each operation, named {@code process_group.<operation>}. Makes no objects when off. */
public final class GroupTracing {
    /** The header of a message that carries the context from its publisher to whom it is delivered. */
    static final String TRACEPARENT = "traceparent";

    private static final W3CTraceContextPropagator PROPAGATOR = W3CTraceContextPropagator.getInstance();
    private static final TextMapGetter<Map<String, String>> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, String> headers) {
            return headers.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> headers, String key) {
            return headers == null ? null : headers.get(key);
        }
    };

    private final @Nullable Tracer tracer;

    private GroupTracing(@Nullable Tracer tracer) {
        this.tracer = tracer;
    }

    /** Makes no spans. */
    public static GroupTracing off() {
        return new GroupTracing(null);
    }

    public static GroupTracing on(OpenTelemetry telemetry) {
        return new GroupTracing(telemetry.getTracer("io.plexspaces.processgroups"));
    }

    /**
     * The span of a request, started; null when off.
     *
     * @param message when it carries a context, the span is part of that trace; else of the caller's, if any
     */
    @Nullable
    Span start(Operation operation, Subject subject, @Nullable Message message) {
        if (tracer == null) {
            return null;
        }
        SpanBuilder builder = tracer.spanBuilder("process_group." + operation.label());
        if (message != null && message.headers().containsKey(TRACEPARENT)) {
            builder.setParent(PROPAGATOR.extract(Context.current(), message.headers(), HEADERS));
        }
        subject.forEach(builder::setAttribute);
        return builder.startSpan();
    }

    /** Whether a message is to carry the span's context: the span is recorded, and the message has no context yet. */
    static boolean isWanted(Span span, Message message) {
        return span.isRecording() && !message.headers().containsKey(TRACEPARENT);
    }

    /** The message with the span's context in its headers. */
    static Message carrying(Span span, Message message) {
        Map<String, String> headers = new HashMap<>(message.headers());
        PROPAGATOR.inject(Context.root().with(span), headers, (carrier, key, value) -> {
            if (carrier != null) {
                carrier.put(key, value);
            }
        });
        return new Message(
                message.id(),
                message.sender(),
                message.type(),
                message.payload(),
                message.timestamp(),
                message.priority(),
                message.ttl(),
                headers,
                message.idempotencyKey(),
                message.uriPath(),
                message.uriMethod());
    }

    static void end(@Nullable Span span, @Nullable Throwable failure) {
        if (span == null) {
            return;
        }
        if (failure != null) {
            span.setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
            span.setAttribute("error.type", Failures.codeOf(failure).name());
        }
        span.end();
    }
}
