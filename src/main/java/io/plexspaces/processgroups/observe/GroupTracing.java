package io.plexspaces.processgroups.observe;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.plexspaces.processgroups.core.Traces;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.Namespace;
import io.smallrye.mutiny.Uni;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One span for each operation, named {@code process_group.<operation>}. Makes no objects when off. Thread-safe. */
public final class GroupTracing implements Traces {
    static final String SCOPE = "io.plexspaces.processgroups";
    static final String PREFIX = "process_group.";

    private final @Nullable Tracer tracer;

    /** The caller whose requests a thread begins. */
    private final ThreadLocal<@Nullable Asking> asking = new ThreadLocal<>();

    private GroupTracing(@Nullable Tracer tracer) {
        this.tracer = tracer;
    }

    /** Makes no spans. */
    public static GroupTracing off() {
        return new GroupTracing(null);
    }

    public static GroupTracing on(OpenTelemetry telemetry) {
        return new GroupTracing(telemetry.getTracer(SCOPE));
    }

    @Override
    public boolean isOn() {
        return tracer != null;
    }

    @Override
    public @Nullable Caller caller(Function<String, @Nullable String> header) {
        Context context = tracer == null ? null : TraceContext.read(header);
        return context == null ? null : new Asking(context);
    }

    @Override
    public @Nullable Caller current() {
        return tracer == null ? null : asking.get();
    }

    @Override
    public <T> Uni<T> traced(
            UseCase operation, Namespace namespace, @Nullable GroupId group, Supplier<Uni<T>> request) {
        if (tracer == null) {
            return request.get();
        }
        Subject subject =
                group == null ? new Subject(namespace.tenant(), namespace.name(), null, null, null) : Subject.of(group);
        return Uni.createFrom().deferred(() -> {
            Span span = start(operation, subject, null);
            return request.get().onTermination().invoke((item, failure, cancelled) -> end(span, failure));
        });
    }

    /**
     * The span of a request, started; null when off.
     *
     * @param message when it carries a context, the span is part of that trace; else of the caller's, if any
     */
    @Nullable
    Span start(UseCase operation, Subject subject, @Nullable Message message) {
        if (tracer == null) {
            return null;
        }
        Context parent = message == null ? null : TraceContext.read(message.headers()::get);
        if (parent == null) {
            Asking caller = asking.get();
            parent = caller == null ? null : caller.context();
        }
        Span span = tracer.spanBuilder(PREFIX + operation.label())
                .setParent(parent == null ? Context.root() : parent)
                .setSpanKind(kind(operation, parent))
                .startSpan();
        if (span.isRecording()) {
            subject.forEach(span::setAttribute);
        }
        return span;
    }

    private static SpanKind kind(UseCase operation, @Nullable Context parent) {
        if (operation == UseCase.PUBLISH) {
            return SpanKind.PRODUCER;
        }
        return parent == null ? SpanKind.INTERNAL : SpanKind.SERVER;
    }

    /** The message with the span's context in its headers, so that the delivering nodes continue the trace. */
    static Message carrying(Span span, Message message) {
        return new Message(
                message.id(),
                message.sender(),
                message.type(),
                message.payload(),
                message.timestamp(),
                message.priority(),
                message.ttl(),
                TraceContext.write(span, message.headers()),
                message.idempotencyKey(),
                message.uriPath(),
                message.uriMethod());
    }

    static void end(@Nullable Span span, @Nullable Throwable failure) {
        if (span == null) {
            return;
        }
        if (failure != null) {
            span.setStatus(StatusCode.ERROR, Failures.messageOf(failure));
            span.setAttribute("error.type", Failures.codeOf(failure).name());
        }
        span.end();
    }

    private final class Asking implements Caller {
        private final Context context;

        Asking(Context context) {
            this.context = context;
        }

        Context context() {
            return context;
        }

        @Override
        public void run(Runnable requests) {
            Asking before = asking.get();
            asking.set(this);
            try {
                requests.run();
            } finally {
                asking.set(before);
            }
        }
    }
}
