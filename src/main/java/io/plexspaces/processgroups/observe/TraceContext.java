package io.plexspaces.processgroups.observe;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A place in a trace, as headers carry it: those of a message, a call, a handshake. W3C Trace Context. */
final class TraceContext {
    static final String TRACEPARENT = "traceparent";

    private static final W3CTraceContextPropagator PROPAGATOR = W3CTraceContextPropagator.getInstance();

    private static final TextMapGetter<Function<String, @Nullable String>> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Function<String, @Nullable String> headers) {
            return List.of(TRACEPARENT);
        }

        @Override
        public @Nullable String get(@Nullable Function<String, @Nullable String> headers, String key) {
            return headers == null ? null : headers.apply(key);
        }
    };

    private TraceContext() {}

    /** Null: they have none, or a malformed one. */
    static @Nullable Context read(Function<String, @Nullable String> headers) {
        if (headers.apply(TRACEPARENT) == null) {
            return null;
        }
        // Never the context of the thread: what one request sets, another one on the same loop would find.
        Context read = PROPAGATOR.extract(Context.root(), headers, HEADERS);
        return Span.fromContext(read).getSpanContext().isValid() ? read : null;
    }

    /** The headers with the place of {@code span} instead of any other. */
    static Map<String, String> write(Span span, Map<String, String> headers) {
        Map<String, String> written = new HashMap<>(headers);
        PROPAGATOR.inject(Context.root().with(span), written, (carrier, key, value) -> {
            if (carrier != null) {
                carrier.put(key, value);
            }
        });
        return written;
    }
}
