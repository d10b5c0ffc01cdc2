package io.plexspaces.processgroups.log.redis.connection;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out where the writable servers are: a fixed address, the master that Sentinels name, or the masters of a
 * cluster.
 */
final class TopologyFinder {
    private static final Pattern VERSION = Pattern.compile("(?:valkey|redis)_version:(\\d+)\\.");
    private static final int SHARDED_SINCE = 7;

    private final Vertx vertx;
    private final RedisOptions options;
    private final Duration patience;

    /** Known members of the cluster, besides the configured ones. */
    private volatile Set<String> known = Set.of();

    /** @param patience how long one server may take to answer */
    TopologyFinder(Vertx vertx, RedisOptions options, Duration patience) {
        this.vertx = vertx;
        this.options = options;
        this.patience = patience;
    }

    boolean isFixed() {
        return options.getType() == RedisClientType.STANDALONE;
    }

    boolean isCluster() {
        return options.getType() == RedisClientType.CLUSTER;
    }

    /** Asks one configured server after the other, until one answers. */
    Future<Topology> locate() {
        return switch (options.getType()) {
            case STANDALONE -> Future.succeededFuture(Topology.of(options.getEndpoint()));
            case SENTINEL -> first(options.getEndpoints(), this::askSentinel);
            case CLUSTER -> first(candidates(), this::askCluster);
            default -> Future.failedFuture("unsupported Redis client type " + options.getType());
        };
    }

    private List<String> candidates() {
        Set<String> all = new LinkedHashSet<>(known);
        all.addAll(options.getEndpoints());
        return List.copyOf(all);
    }

    private Future<Topology> first(List<String> endpoints, Function<String, Future<Topology>> ask) {
        return next(endpoints.iterator(), ask, null);
    }

    private Future<Topology> next(
            Iterator<String> endpoints, Function<String, Future<Topology>> ask, @Nullable Throwable before) {
        if (!endpoints.hasNext()) {
            return Future.failedFuture(before == null ? new IllegalStateException("no Redis address") : before);
        }
        return ask.apply(endpoints.next()).recover(failure -> next(endpoints, ask, failure));
    }

    private Future<Topology> askSentinel(String endpoint) {
        Request question =
                Request.cmd(Command.SENTINEL).arg("get-master-addr-by-name").arg(options.getMasterName());
        return ask(endpoint, link -> link.send(question)
                .compose(answer -> answer == null || answer.size() < 2
                        ? Future.failedFuture("Sentinel knows no master " + options.getMasterName())
                        : Future.succeededFuture(
                                Topology.of(at(endpoint, answer.get(0).toString(), number(answer.get(1)))))));
    }

    private Future<Topology> askCluster(String endpoint) {
        return ask(endpoint, link -> link.send(Request.cmd(Command.INFO).arg("server"))
                .compose(info -> {
                    boolean sharded = version(info.toString()) >= SHARDED_SINCE;
                    return link.send(Request.cmd(Command.CLUSTER).arg("SLOTS"))
                            .compose(slots -> layout(endpoint, slots, sharded));
                }));
    }

    private <T> Future<T> ask(String endpoint, Function<ServerConnection, Future<T>> question) {
        return ServerConnection.open(vertx, options, endpoint, patience).compose(link -> {
            long timer = vertx.setTimer(Math.max(1, patience.toMillis()), id -> link.close());
            return question.apply(link).onComplete(done -> {
                vertx.cancelTimer(timer);
                link.close();
            });
        });
    }

    private Future<Topology> layout(String asked, Response slots, boolean sharded) {
        List<Topology.Range> ranges = new ArrayList<>();
        Set<String> members = new LinkedHashSet<>();
        for (Response range : slots) {
            for (int i = 2; i < range.size(); i++) {
                Response server = range.get(i);
                // An empty host means the one that was asked.
                String host = server.get(0) == null ? "" : server.get(0).toString();
                members.add(at(asked, host, number(server.get(1))));
            }
            String host = range.get(2).get(0) == null ? "" : range.get(2).get(0).toString();
            String master = at(asked, host, number(range.get(2).get(1)));
            ranges.add(new Topology.Range(number(range.get(0)), number(range.get(1)), master));
        }
        if (ranges.isEmpty()) {
            return Future.failedFuture("no slots are served");
        }
        known = Set.copyOf(members);
        return Future.succeededFuture(new Topology(List.copyOf(ranges), sharded));
    }

    private static int number(Response response) {
        return Integer.parseInt(response.toString());
    }

    private static int version(String info) {
        Matcher version = VERSION.matcher(info);
        int highest = 0;
        while (version.find()) {
            highest = Math.max(highest, Integer.parseInt(version.group(1)));
        }
        return highest;
    }

    /** The part of a connection string that may be shown: scheme, host and port. The rest may hold a password. */
    static String shown(String endpoint) {
        URI uri = URI.create(endpoint);
        String host = uri.getHost() == null ? "…" : uri.getHost();
        return uri.getScheme() + "://" + host + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    /** A connection string with the scheme and credentials of another; an empty host: the same one. */
    private static String at(String like, String host, int port) {
        URI uri = URI.create(like);
        String user = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo() + "@";
        String name = host.isEmpty() ? uri.getHost() : host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return uri.getScheme() + "://" + user + name + ":" + port;
    }
}
