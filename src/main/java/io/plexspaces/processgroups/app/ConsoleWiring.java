package io.plexspaces.processgroups.app;

import com.fasterxml.jackson.core.JsonGenerator;
import io.plexspaces.processgroups.api.http.ConsoleSettings;
import io.plexspaces.processgroups.api.http.NodeStatus;
import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.core.delivery.DeliveryLoops;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import io.plexspaces.processgroups.core.group.Replicas;
import io.plexspaces.processgroups.core.node.LeaseRenewal;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeLeases;
import io.plexspaces.processgroups.observe.BusyGroups;
import io.plexspaces.processgroups.observe.Charts;
import io.plexspaces.processgroups.observe.GroupMetrics;
import io.plexspaces.processgroups.observe.MetricsDeliveryObserver;
import io.plexspaces.processgroups.tasks.PeriodicTasks;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.config.Config;

/** Makes what the console shows of this node, out of what is counted and known anyway. */
@Singleton
final class ConsoleWiring {
    private static final Duration SAMPLED = Duration.ofSeconds(5);

    /** A quarter of an hour. */
    private static final int SAMPLES = 180;

    private static final int BUSY_GROUPS = 50;
    private static final double MILLIS = 1e3;
    private static final double NANOS = 1e9;

    private final ProcessGroupsConfig config;
    private final Sessions sessions;
    private final DeliveryLoops loops;
    private final ServerBudget budget;
    private final MetricsDeliveryObserver deliveries;
    private final StoreWiring store;
    private final BusyGroups busy;
    private final Charts charts;
    private final KnownNodes nodes;
    private final Instant started = Instant.now();

    ConsoleWiring(
            ProcessGroupsConfig config,
            Sessions sessions,
            DeliveryLoops loops,
            ServerBudget budget,
            MetricsDeliveryObserver deliveries,
            GroupMetrics metrics,
            StoreWiring store,
            NodeLeases leases) {
        this.config = config;
        this.sessions = sessions;
        this.loops = loops;
        this.budget = budget;
        this.deliveries = deliveries;
        this.store = store;
        busy = new BusyGroups(metrics, BUSY_GROUPS);
        charts = new Charts(
                SAMPLES,
                List.of(
                        Charts.Series.rate("publishes", () -> metrics.all().published()),
                        Charts.Series.rate("deliveries", deliveries::delivered),
                        Charts.Series.rate("joins", () -> metrics.all().joins()),
                        Charts.Series.rate("leaves", () -> metrics.all().leaves()),
                        Charts.Series.level("connections", sessions::connected),
                        Charts.Series.level("sessions", sessions::size),
                        Charts.Series.level("queueBytes", budget::held),
                        Charts.Series.level("backlogBytes", loops::backlog),
                        Charts.Series.level("lagEntries", store::lag),
                        Charts.Series.rate("gaps", deliveries::gaps),
                        Charts.Series.rate("drops", deliveries::dropped),
                        Charts.Series.rate("slowConsumers", deliveries::slowConsumers)));
        nodes = new KnownNodes(leases, System::nanoTime);
    }

    @Produces
    @Singleton
    ConsoleSettings settings(Config platform) {
        return new ConsoleSettings(Listeners.haveConsole(config, platform));
    }

    void begin(@Observes StartupEvent begun, ConsoleSettings settings, TimerThread timer) {
        if (settings.served()) {
            timer.every(SAMPLED, StoreWiring.longestCall(config), "sampling for the console", () -> {
                charts.sample(System.currentTimeMillis());
                busy.sample(System.nanoTime());
                return nodes.refresh();
            });
        }
    }

    @Produces
    @Singleton
    NodeStatus status(
            LeaseRenewal lease,
            OperationIds operations,
            Lifecycle lifecycle,
            Replicas replicas,
            PeriodicTasks tasks,
            Config platform) {
        Map<String, StatusDocument.Section> sections = new LinkedHashMap<>();
        sections.put("node", json -> {
            json.writeStartObject();
            json.writeStringField("id", sessions.node().value());
            json.writeNumberField("incarnation", operations.incarnation());
            json.writeStringField("version", platform.getValue("quarkus.application.version", String.class));
            json.writeStringField("started", started.toString());
            json.writeNumberField(
                    "uptimeSeconds", Duration.between(started, Instant.now()).toSeconds());
            json.writeBooleanField("serving", lifecycle.isServing());
            json.writeStringField("auth", config.auth().name().toLowerCase(Locale.ROOT));
            json.writeBooleanField("metrics", config.metrics().enabled());
            json.writeEndObject();
        });
        sections.put("lease", json -> lease(json, lease));
        sections.put("store", this::store);
        sections.put("nodes", this::nodes);
        sections.put("connections", this::connections);
        sections.put("delivery", json -> delivery(json, replicas));
        sections.put("tasks", json -> {
            json.writeStartObject();
            strings(json, "stalled", tasks.stalled());
            strings(json, "failing", tasks.failing());
            json.writeEndObject();
        });
        sections.put("groups", this::groups);
        sections.put("charts", this::charts);
        return new StatusDocument(sections, System::nanoTime);
    }

    private static void lease(JsonGenerator json, LeaseRenewal lease) throws IOException {
        json.writeStartObject();
        json.writeBooleanField("held", !lease.isLost());
        json.writeNumberField("ageSeconds", lease.age().toMillis() / MILLIS);
        json.writeNumberField("losses", lease.losses());
        json.writeNumberField("renewalFailures", lease.failures());
        json.writeEndObject();
    }

    private void store(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("kind", config.store().name().toLowerCase(Locale.ROOT));
        json.writeBooleanField("healthy", store.isHealthy());
        json.writeNumberField("lagEntries", store.lag());
        json.writeNumberField("longestUnansweredSeconds", store.longestUnanswered() / NANOS);
        json.writeStringField("unreadable", store.unreadableLately().orElse(""));
        json.writeStringField("mayEvict", store.eviction().orElse(""));
        json.writeNumberField("memoryBytes", store.memoryBytes());
        json.writeNumberField("memoryLimitBytes", StoreWiring.memoryLimit(config));
        json.writeEndObject();
    }

    private void nodes(JsonGenerator json) throws IOException {
        KnownNodes.Known known = nodes.known();
        json.writeStartObject();
        json.writeNumberField("ageSeconds", known.age().toMillis() / MILLIS);
        json.writeBooleanField("more", known.nodes().size() >= KnownNodes.MOST);
        json.writeArrayFieldStart("known");
        for (NodeLeases.Known each : known.nodes()) {
            NodeLease lease = each.lease();
            Duration left = each.left();
            json.writeStartObject();
            json.writeStringField("node", lease.node().value());
            json.writeNumberField("incarnation", lease.incarnation());
            if (left != null) {
                json.writeNumberField("leftSeconds", left.minus(known.age()).toMillis() / MILLIS);
            }
            json.writeBooleanField("self", lease.node().equals(sessions.node()));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void connections(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeNumberField("all", sessions.connected());
        json.writeNumberField("limit", config.limits().sessions());
        json.writeNumberField("sessions", sessions.size());
        json.writeObjectFieldStart("kinds");
        for (Map.Entry<String, Integer> each : sessions.connectedByKind().entrySet()) {
            json.writeNumberField(each.getKey(), each.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private void delivery(JsonGenerator json, Replicas replicas) throws IOException {
        json.writeStartObject();
        json.writeNumberField("queueBytes", budget.held());
        json.writeNumberField("queueLimitBytes", budget.bytes());
        json.writeNumberField("backlogBytes", loops.backlog());
        json.writeNumberField(
                "backlogLimitBytes", config.delivery().backlogBytes().asLongValue());
        json.writeNumberField("openGroups", replicas.size());
        json.writeNumberField("publishesWaiting", replicas.waiting());
        json.writeNumberField("delivered", (long) deliveries.delivered());
        json.writeNumberField("gaps", (long) deliveries.gaps());
        json.writeNumberField("drops", (long) deliveries.dropped());
        json.writeObjectFieldStart("cut");
        for (Map.Entry<String, Long> each : deliveries.cuts().entrySet()) {
            json.writeNumberField(each.getKey(), each.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private void groups(JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (BusyGroups.Busy each : busy.top()) {
            json.writeStartObject();
            json.writeStringField("tenant", each.group().tenant());
            json.writeStringField("namespace", each.group().namespace().name());
            json.writeStringField("group", each.group().name());
            json.writeNumberField("publishes", rounded(each.rate().published()));
            json.writeNumberField("joins", rounded(each.rate().joins()));
            json.writeNumberField("leaves", rounded(each.rate().leaves()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void charts(JsonGenerator json) throws IOException {
        Charts.Taken taken = charts.taken();
        json.writeStartObject();
        json.writeNumberField("everySeconds", SAMPLED.toSeconds());
        json.writeArrayFieldStart("at");
        for (long time : taken.times()) {
            json.writeNumber(time / 1_000);
        }
        json.writeEndArray();
        json.writeObjectFieldStart("series");
        for (int i = 0; i < taken.names().size(); i++) {
            json.writeArrayFieldStart(taken.names().get(i));
            for (double value : taken.values()[i]) {
                json.writeNumber(rounded(value));
            }
            json.writeEndArray();
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static double rounded(double value) {
        return Math.round(value * MILLIS) / MILLIS;
    }

    private static void strings(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
