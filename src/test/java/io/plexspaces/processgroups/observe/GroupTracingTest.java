package io.plexspaces.processgroups.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Traces;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupTracingTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";

    private final FakeGroups fake = new FakeGroups();
    private final List<SpanData> spans = new ArrayList<>();
    private final GroupId orders = Requests.group("orders");

    @Test
    void everyOperation_hasOneSpanNamedAfterIt() {
        Groups groups = traced(Sampler.alwaysOn());

        Requests.all(groups, orders).forEach((operation, request) -> {
            spans.clear();
            request.await().indefinitely();
            assertThat(spans).extracting(SpanData::getName).containsExactly("process_group." + operation);
        });
    }

    @Test
    void publish_namesWhatItIsAbout() {
        Requests.publish(traced(Sampler.alwaysOn()), orders, Map.of()).await().indefinitely();

        assertThat(attributes())
                .containsEntry("tenant", "acme")
                .containsEntry("namespace", "default")
                .containsEntry("group", "orders")
                .containsEntry("actor", "alice")
                .containsEntry("topic", "user.login");
    }

    @Test
    void publish_carriesItsContextToTheSubscribers() {
        Requests.publish(traced(Sampler.alwaysOn()), orders, Map.of("k", "v"))
                .await()
                .indefinitely();

        SpanData span = spans.get(0);
        assertThat(fake.published.message().headers())
                .containsOnly(
                        Map.entry("k", "v"),
                        Map.entry("traceparent", "00-" + span.getTraceId() + "-" + span.getSpanId() + "-01"));
    }

    @Test
    void contextOfThePublisher_isTheParent_andDeliveriesGoOnAtThePublish() {
        String given = "00-" + TRACE + "-" + PARENT + "-01";
        Requests.publish(traced(Sampler.alwaysOn()), orders, Map.of("traceparent", given))
                .await()
                .indefinitely();

        SpanData span = spans.get(0);
        assertThat(fake.published.message().headers())
                .containsOnly(Map.entry("traceparent", "00-" + TRACE + "-" + span.getSpanId() + "-01"));
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(spans.get(0).getParentSpanId()).isEqualTo(PARENT);
    }

    @Test
    void callersContext_isTheParentOfWhatItAsks_andOfNothingElse() {
        GroupTracing tracing = tracing(Sampler.alwaysOn());
        Groups groups = new ObservedGroups(
                fake, new GroupMetrics(new SimpleMeterRegistry(), 1), tracing, new RequestLog(1), System::nanoTime);
        Traces.Caller caller = tracing.caller(Map.of("traceparent", "00-" + TRACE + "-" + PARENT + "-01")::get);

        caller.run(() -> Requests.create(groups, orders).await().indefinitely());
        caller.asking(() -> groups.delete(orders)).await().indefinitely();
        groups.delete(orders).await().indefinitely();

        assertThat(spans).extracting(SpanData::getParentSpanId).startsWith(PARENT, PARENT);
        assertThat(spans.get(2).getParentSpanContext().isValid()).isFalse();
        assertThat(tracing.current()).isNull();
        assertThat(tracing.caller(name -> null)).isNull();
        assertThat(tracing.caller(name -> "x")).isNull();
        assertThat(GroupTracing.off().caller(name -> "00-" + TRACE + "-" + PARENT + "-01"))
                .isNull();
    }

    @Test
    void malformedContext_startsATraceOfItsOwn() {
        Requests.publish(traced(Sampler.alwaysOn()), orders, Map.of("traceparent", "x"))
                .await()
                .indefinitely();

        assertThat(spans.get(0).getParentSpanContext().isValid()).isFalse();
    }

    @Test
    void unsampledSpan_leavesTheMessageAlone() {
        Requests.publish(traced(Sampler.alwaysOff()), orders, Map.of()).await().indefinitely();

        assertThat(fake.published.message().headers()).isEmpty();
        assertThat(spans).isEmpty();
    }

    @Test
    void off_leavesTheMessageAlone() {
        Groups groups = new ObservedGroups(
                fake,
                new GroupMetrics(new SimpleMeterRegistry(), 1),
                GroupTracing.off(),
                new RequestLog(1),
                System::nanoTime);
        Requests.publish(groups, orders, Map.of()).await().indefinitely();

        assertThat(fake.published.message().headers()).isEmpty();
    }

    @Test
    void failure_isTheSpansStatus() {
        fake.refuse(GroupException.groupNotFound(orders));
        Groups groups = traced(Sampler.alwaysOn());

        assertThatThrownBy(() -> Requests.create(groups, orders).await().indefinitely())
                .isInstanceOf(GroupException.class);

        assertThat(spans.get(0).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attributes()).containsEntry("error.type", "GROUP_NOT_FOUND");
    }

    @Test
    void cancelledRequest_endsItsSpan() {
        fake.silent = true;
        Requests.create(traced(Sampler.alwaysOn()), orders)
                .subscribe()
                .with(info -> {})
                .cancel();

        assertThat(spans).hasSize(1);
    }

    private Map<String, String> attributes() {
        Map<String, String> found = new HashMap<>();
        spans.get(0)
                .getAttributes()
                .forEach((AttributeKey<?> key, Object value) -> found.put(key.getKey(), value.toString()));
        return found;
    }

    private Groups traced(Sampler sampler) {
        return new ObservedGroups(
                fake,
                new GroupMetrics(new SimpleMeterRegistry(), 1),
                tracing(sampler),
                new RequestLog(1),
                System::nanoTime);
    }

    private GroupTracing tracing(Sampler sampler) {
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .setSampler(sampler)
                .addSpanProcessor(SimpleSpanProcessor.create(new Collecting()))
                .build();
        return GroupTracing.on(
                OpenTelemetrySdk.builder().setTracerProvider(provider).build());
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
