package io.plexspaces.processgroups.observe;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.plexspaces.processgroups.core.delivery.DeliveryTracer;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.NodeId;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A span {@code process_group.deliver} for each message of a recorded trace on each node that has recipients, one for
 * all of them: from the reading of its entry until the last event loop has handed it to its connections. It is a child
 * of the publish, and linked to it.
 */
public final class DeliverySpans implements DeliveryTracer {
    private final Tracer tracer;
    private final NodeId node;

    public DeliverySpans(OpenTelemetry telemetry, NodeId node) {
        this.tracer = telemetry.getTracer(GroupTracing.SCOPE);
        this.node = node;
    }

    @Override
    public @Nullable Delivering begin(GroupId group, Entry.Published entry) {
        Context publish = TraceContext.read(entry.message().headers()::get);
        SpanContext published = publish == null
                ? SpanContext.getInvalid()
                : Span.fromContext(publish).getSpanContext();
        if (publish == null || !published.isSampled()) {
            return null;
        }
        Span span = tracer.spanBuilder(GroupTracing.PREFIX + "deliver")
                .setParent(publish)
                .addLink(published)
                .setSpanKind(SpanKind.CONSUMER)
                .startSpan();
        if (!span.isRecording()) {
            return null;
        }
        span.setAttribute("node", node.value()).setAttribute("offset", entry.offset());
        Subject.of(group, null, entry.topic()).forEach(span::setAttribute);
        return new Delivery(span);
    }

    /**
     * Ends its span with the last of what is under way. Without connections here, the span never ends, and so never
     * was.
     */
    private static final class Delivery implements Delivering {
        private final Span span;

        /** Loops that have still to hand it over, and one for more that may be posted to. */
        private final AtomicInteger underWay = new AtomicInteger(1);

        private final AtomicInteger connections = new AtomicInteger();
        private volatile boolean posted;

        Delivery(Span span) {
            this.span = span;
        }

        @Override
        public void posted() {
            posted = true;
            underWay.incrementAndGet();
        }

        @Override
        public void handed(int to) {
            connections.addAndGet(to);
            done();
        }

        @Override
        public void allPosted() {
            done();
        }

        private void done() {
            if (underWay.decrementAndGet() == 0 && posted) {
                span.setAttribute("connections", connections.get());
                span.end();
            }
        }
    }
}
