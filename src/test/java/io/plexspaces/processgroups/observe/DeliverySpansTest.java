package io.plexspaces.processgroups.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.plexspaces.processgroups.core.delivery.DeliveryTracer;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Topic;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class DeliverySpansTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PUBLISH = "00f067aa0ba902b7";
    private static final NodeId NODE = new NodeId("b");

    private final List<SpanData> spans = new CopyOnWriteArrayList<>();
    private final DeliverySpans tracer = new DeliverySpans(
            OpenTelemetrySdk.builder()
                    .setTracerProvider(SdkTracerProvider.builder()
                            .addSpanProcessor(SimpleSpanProcessor.create(new Collecting()))
                            .build())
                    .build(),
            NODE);

    private DeliveryTracer.Delivering begin(Map<String, String> headers) {
        Message message = new Message("", null, "", Bytes.EMPTY, null, 0, null, headers, "", "", "");
        return tracer.begin(
                Requests.group("orders"),
                new Entry.Published(
                        7,
                        Instant.EPOCH,
                        new OperationId(NODE, 1, 1),
                        1,
                        message,
                        new Topic("user.login"),
                        Dispatch.ALL,
                        false));
    }

    private static Map<String, String> traced(String flags) {
        return Map.of("traceparent", "00-" + TRACE + "-" + PUBLISH + "-" + flags);
    }

    @Test
    void message_hasOneSpan_whichEndsWithTheLastLoop() {
        DeliveryTracer.Delivering delivering = begin(traced("01"));
        delivering.posted();
        delivering.handed(2);
        delivering.posted();
        delivering.allPosted();
        assertThat(spans).isEmpty();
        delivering.handed(3);

        assertThat(spans).hasSize(1);
        SpanData span = spans.get(0);
        assertThat(span.getName()).isEqualTo("process_group.deliver");
        assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo(PUBLISH);
        assertThat(span.getLinks())
                .extracting(LinkData::getSpanContext)
                .singleElement()
                .satisfies(linked -> assertThat(linked.getSpanId()).isEqualTo(PUBLISH));
        assertThat(span.getAttributes().get(AttributeKey.stringKey("node"))).isEqualTo("b");
        assertThat(span.getAttributes().get(AttributeKey.stringKey("group"))).isEqualTo("orders");
        assertThat(span.getAttributes().get(AttributeKey.longKey("offset"))).isEqualTo(7);
        assertThat(span.getAttributes().get(AttributeKey.longKey("connections")))
                .isEqualTo(5);
    }

    @Test
    void messageForNobodyHere_hasNone() {
        begin(traced("01")).allPosted();

        assertThat(spans).isEmpty();
    }

    @Test
    void messageOfNoRecordedTrace_isNotFollowed() {
        assertThat(begin(Map.of())).isNull();
        assertThat(begin(Map.of("traceparent", "x"))).isNull();
        assertThat(begin(traced("00"))).isNull();
    }

    private final class Collecting implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> ended) {
            spans.addAll(ended);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
