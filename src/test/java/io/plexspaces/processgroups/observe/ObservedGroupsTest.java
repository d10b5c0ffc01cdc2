package io.plexspaces.processgroups.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Missing;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ObservedGroupsTest {
    private static final String PREFIX = "plexspaces_process_groups_";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final FakeGroups fake = new FakeGroups();
    private final AtomicLong nanos = new AtomicLong();
    private final GroupId orders = Requests.group("orders");

    @Test
    void successes_haveTheDocumentedNamesAndLabels() {
        Groups groups = observed(10);

        Requests.all(groups, orders).values().forEach(ObservedGroupsTest::await);

        assertThat(series())
                .contains(
                        PREFIX + "created_total 1.0",
                        PREFIX + "deleted_total 1.0",
                        PREFIX + "joins_total{group=\"orders\",tenant=\"acme\",} 1.0",
                        PREFIX + "leaves_total{group=\"orders\",tenant=\"acme\",} 1.0",
                        PREFIX + "publish_total{group=\"orders\",tenant=\"acme\",} 1.0",
                        PREFIX + "publish_duration_seconds_bucket{le=\"+Inf\",} 1.0",
                        PREFIX + "publish_duration_seconds_count 1.0",
                        PREFIX + "fanout_size_bucket{le=\"1.0\",} 0.0",
                        PREFIX + "fanout_size_bucket{le=\"10.0\",} 1.0",
                        PREFIX + "fanout_size_sum 3.0");
        assertThat(registry.scrape())
                .contains("# TYPE " + PREFIX + "publish_duration_seconds histogram")
                .contains("# TYPE " + PREFIX + "fanout_size histogram")
                .contains("# TYPE " + PREFIX + "created_total counter")
                .contains(PREFIX + "publish_errors_total{error=\"INTERNAL\",} 0.0")
                .doesNotContain("error=\"GROUP_NOT_FOUND\"");
    }

    @Test
    void everyOperation_isTried() {
        Set<String> labels = Arrays.stream(UseCase.values()).map(UseCase::label).collect(Collectors.toSet());
        labels.remove(UseCase.WATCH.label());
        assertThat(Requests.all(fake, orders)).containsOnlyKeys(labels);
    }

    @Test
    void failures_countByOperationAndReason_andReachTheCallerUnchanged() {
        Groups groups = observed(10);
        GroupException refused = GroupException.groupNotFound(orders);
        fake.refuse(refused);

        Requests.all(groups, orders).forEach((operation, request) -> {
            assertThatThrownBy(() -> await(request)).isSameAs(refused);
            assertThat(series()).contains(PREFIX + operation + "_errors_total{error=\"GROUP_NOT_FOUND\",} 1.0");
        });
        assertThat(series())
                .contains(PREFIX + "created_total 0.0", PREFIX + "publish_duration_seconds_count 0.0")
                .noneMatch(line -> line.startsWith(PREFIX + "joins_total{group=\"orders\""));
    }

    @Test
    void defectThrownInsteadOfAnswered_countsAsInternal() {
        Groups groups = observed(10);
        fake.failure = new IllegalStateException("a defect");
        fake.throwing = true;

        assertThatThrownBy(() -> await(Requests.create(groups, orders))).isSameAs(fake.failure);

        assertThat(series()).contains(PREFIX + "create_errors_total{error=\"INTERNAL\",} 1.0");
    }

    @Test
    void nothingCounts_beforeTheRequestIsSubscribedTo() {
        Requests.create(observed(10), orders);

        assertThat(series()).contains(PREFIX + "created_total 0.0");
    }

    @Test
    void groupThatIsMadeForARequest_countsAsCreated() {
        Groups groups = observed(10);
        List<Boolean> told = new ArrayList<>();
        GroupSpec spec = new GroupSpec(GroupSpec.Metadata.NONE, new Retention(1, Duration.ZERO), null);
        Missing missing = new Missing(spec, told::add);
        Groups.JoinRequest join =
                new Groups.JoinRequest(orders, List.of(Requests.ACTOR), TopicFilter.ALL, null, null, null);
        await(groups.join(join.with(missing)));
        await(groups.publish(Requests.publishing(orders, Map.of()).with(missing)));

        assertThat(told).containsExactly(true, true);
        assertThat(series()).contains(PREFIX + "created_total 2.0");
    }

    @Test
    void joinOfSeveralActors_countsEachOfThem() {
        await(Requests.join(observed(10), orders, new ActorId("a"), new ActorId("b"), new ActorId("c")));

        assertThat(series()).contains(PREFIX + "joins_total{group=\"orders\",tenant=\"acme\",} 3.0");
    }

    @Test
    void repeatedPublish_isNoSecondMessage() {
        Groups groups = observed(10);
        await(Requests.publish(groups, orders, Map.of()));
        fake.repeated = true;
        await(Requests.publish(groups, orders, Map.of()));

        assertThat(series())
                .contains(
                        PREFIX + "publish_total{group=\"orders\",tenant=\"acme\",} 1.0",
                        PREFIX + "fanout_size_count 1.0");
    }

    @Test
    void publishDuration_isTheTimeUntilTheAnswer() {
        GroupMetrics metrics = new GroupMetrics(registry, 10);
        Groups slow = new ObservedGroups(
                fake, metrics, GroupTracing.off(), new RequestLog(10), () -> nanos.getAndAdd(2_000_000));

        await(Requests.publish(slow, orders, Map.of()));

        assertThat(series())
                .contains(
                        PREFIX + "publish_duration_seconds_sum 0.002",
                        PREFIX + "publish_duration_seconds_bucket{le=\"0.001\",} 0.0",
                        PREFIX + "publish_duration_seconds_bucket{le=\"0.005\",} 1.0");
    }

    @Test
    void groupsBeyondTheBound_shareOneSeries_andSumsStayComplete() {
        Groups groups = observed(2);

        IntStream.range(0, 50).forEach(i -> await(Requests.join(groups, Requests.group("g" + i), Requests.ACTOR)));

        List<String> joins = series().stream()
                .filter(line -> line.startsWith(PREFIX + "joins_total"))
                .toList();
        assertThat(joins)
                .containsExactlyInAnyOrder(
                        PREFIX + "joins_total{group=\"g0\",tenant=\"acme\",} 1.0",
                        PREFIX + "joins_total{group=\"g1\",tenant=\"acme\",} 1.0",
                        PREFIX + "joins_total{group=\"_other\",tenant=\"_other\",} 48.0");
    }

    @Test
    void boundOfZero_labelsNoGroup() {
        await(Requests.publish(observed(0), orders, Map.of()));

        assertThat(series()).contains(PREFIX + "publish_total{group=\"_other\",tenant=\"_other\",} 1.0");
    }

    @Test
    void refusedRequests_takeNoLabels() {
        Groups groups = observed(1);
        fake.refuse(GroupException.groupNotFound(orders));
        assertThatThrownBy(() -> await(Requests.join(groups, Requests.group("unknown"), Requests.ACTOR)))
                .isInstanceOf(GroupException.class);
        fake.failure = null;
        await(Requests.join(groups, orders, Requests.ACTOR));

        assertThat(series()).contains(PREFIX + "joins_total{group=\"orders\",tenant=\"acme\",} 1.0");
    }

    @Test
    void deliveries_areSummedAndGauged() {
        MetricsDeliveryObserver observer = new MetricsDeliveryObserver(registry);
        observer.delivered(5);
        observer.dropped(OverflowPolicy.CONFLATE, 2);
        observer.gap();
        observer.cut(ErrorCode.SLOW_CONSUMER);

        assertThat(series())
                .contains(
                        PREFIX + "deliveries_total 5.0",
                        PREFIX + "drops_total{policy=\"CONFLATE\",} 2.0",
                        PREFIX + "gaps_total 1.0",
                        PREFIX + "connections_cut_total{cause=\"SLOW_CONSUMER\",} 1.0");
    }

    private Groups observed(int labelledGroups) {
        return new ObservedGroups(
                fake, new GroupMetrics(registry, labelledGroups), GroupTracing.off(), new RequestLog(10), nanos::get);
    }

    private List<String> series() {
        return registry.scrape().lines().filter(line -> !line.startsWith("#")).toList();
    }

    private static void await(Uni<?> request) {
        request.await().indefinitely();
    }
}
