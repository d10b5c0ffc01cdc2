package io.plexspaces.processgroups.cli.measure;

import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.options.ServerCommand;
import io.plexspaces.processgroups.cli.terminal.Ended;
import io.plexspaces.processgroups.cli.terminal.Interrupt;
import io.plexspaces.processgroups.cli.terminal.Times;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "top",
        description =
                "Show the groups of the tenant by how much happens in them, again and again until Ctrl-C. The rate is"
                        + " how fast a group's log grows up to its newest message: with joins and leaves between them.",
        footer = {
            "",
            "Examples:",
            "  pg top",
            "  pg top 'chat.*' --every 5s",
            "  pg top --times 1 --json         once, for a script"
        })
public final class Top extends ServerCommand {
    /** Of more groups, those with the most members are looked at. */
    private static final int MOST_GROUPS = 200;

    private static final int PAGE = 1_000;
    private static final double NANOS = 1e9;
    private static final Duration SHORTEST = Duration.ofMillis(200);

    /** Until the first table, as there is no rate without a time. */
    private static final Duration FIRST = Duration.ofSeconds(1);

    @Parameters(arity = "0..1", paramLabel = "PATTERN", description = "Of names: * any characters, ? one.")
    private String pattern = "";

    @Option(names = "--every", paramLabel = "TIME", description = "How often: 2s by default.")
    private String every = "2s";

    @Option(names = "--times", paramLabel = "NUMBER", description = "End after so many tables.")
    private long times = Long.MAX_VALUE;

    private final Map<String, Seen> before = new HashMap<>();

    private record Seen(String epoch, long offset, long nanos) {}

    private record Row(String group, String namespace, long members, double rate, long offset) {}

    @Override
    protected void run() {
        Duration period = Times.parse("--every", every);
        if (period.compareTo(SHORTEST) < 0 || times < 1) {
            throw Failure.usage("--every is 200ms or more, and --times 1 or more");
        }
        Interrupt interrupt = Interrupt.heeded();
        look();
        for (long shown = 0; shown < times; shown++) {
            pause(interrupt, shown == 0 && FIRST.compareTo(period) < 0 ? FIRST : period);
            show(look());
        }
    }

    private static void pause(Interrupt interrupt, Duration time) {
        try {
            throw new Ended(interrupt.code().get(time.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException go) {
            return;
        } catch (InterruptedException | ExecutionException stop) {
            throw new IllegalStateException(stop);
        }
    }

    private List<Row> look() {
        List<Json> groups = groups();
        List<Row> rows = new ArrayList<>();
        for (Json group : groups.subList(0, Math.min(groups.size(), MOST_GROUPS))) {
            rows.add(row(group));
        }
        rows.sort(Comparator.comparingDouble(Row::rate)
                .thenComparingLong(Row::members)
                .reversed()
                .thenComparing(Row::group));
        return rows;
    }

    private List<Json> groups() {
        Json request = Json.object()
                .put("tenantId", target().tenant())
                .put("namespace", target().namespace())
                .with("namePattern", pattern)
                .put("pageSize", PAGE);
        List<Json> groups = new ArrayList<>();
        Json page;
        do {
            page = calls().call("ListGroups", request);
            groups.addAll(page.objects("groups"));
            groups.sort(Comparator.comparingLong((Json group) -> group.number("memberCount"))
                    .reversed());
            groups = new ArrayList<>(groups.subList(0, Math.min(groups.size(), MOST_GROUPS)));
            request.put("pageToken", page.text("nextPageToken"));
        } while (page.has("nextPageToken"));
        return groups;
    }

    private Row row(Json group) {
        String name = group.text("groupName");
        long offset = newest(name);
        Seen now = new Seen(group.text("epoch"), offset, System.nanoTime());
        Seen earlier = before.put(name, now);
        double rate = earlier == null || !earlier.epoch().equals(now.epoch()) || earlier.offset() > offset
                ? 0
                : (offset - earlier.offset()) * NANOS / (now.nanos() - earlier.nanos());
        return new Row(name, group.text("namespace"), group.number("memberCount"), rate, offset);
    }

    /** Of the newest message that is kept; 0: none, or the group is gone meanwhile. */
    private long newest(String group) {
        try {
            return calls()
                    .call("FetchMessages", about(group).put("newestFirst", true).put("pageSize", 1))
                    .objects("events")
                    .stream()
                    .findFirst()
                    .map(event -> event.number("offset"))
                    .orElse(0L);
        } catch (Failure gone) {
            if (gone.exit() == Failure.Exit.UNREACHABLE) {
                throw gone;
            }
            return 0;
        }
    }

    private void show(List<Row> rows) {
        boolean live = terminal().isTerminal() && !isJson();
        int most = live ? Math.max(1, terminal().height() - 4) : rows.size();
        StringBuilder screen = new StringBuilder(
                terminal().bold(String.format("%-32s %8s %10s %12s%n", "GROUP", "MEMBERS", "PER SECOND", "OFFSET")));
        for (Row row : rows.subList(0, Math.min(most, rows.size()))) {
            if (isJson()) {
                terminal()
                        .line(Json.object()
                                .put("groupName", row.group())
                                .put("namespace", row.namespace())
                                .put("memberCount", row.members())
                                .put("perSecond", Math.round(row.rate()))
                                .put("offset", row.offset())
                                .toString());
            } else {
                screen.append(
                        String.format("%-32s %8d %10.1f %12d%n", row.group(), row.members(), row.rate(), row.offset()));
            }
        }
        if (live) {
            terminal().screen(title(rows.size()) + "\n" + screen);
        } else if (!isJson()) {
            terminal().line(screen.toString().stripTrailing());
        }
        terminal().flush();
    }

    private String title(int groups) {
        return target().server() + "  tenant " + target().tenant() + "  " + groups
                + (groups >= MOST_GROUPS ? " groups with the most members" : groups == 1 ? " group" : " groups") + "  "
                + LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS) + "  Ctrl-C ends";
    }
}
