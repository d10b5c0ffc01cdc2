package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.Duration;
import io.plexspaces.processgroups.cluster.RightsTable.Column;
import io.plexspaces.processgroups.cluster.RightsTable.Expected;
import io.plexspaces.processgroups.cluster.RightsTable.Row;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.e2e.HttpCalls;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.AskResponse;
import io.plexspaces.processgroups.proto.v1.DeleteGroupResponse;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsResponse;
import io.plexspaces.processgroups.proto.v1.ProcessGroup;
import io.plexspaces.processgroups.proto.v1.PublishToGroupResponse;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All cells of {@link RightsTable} on each {@link Way}, one after the other, on servers that are of one deployment:
 * cells take the servers by turns. What is allowed is really done, in one group; what is denied is asked for in another
 * one, which must be at the end as it was, and in one that does not exist, with the same answer.
 */
final class RightsMatrix implements AutoCloseable {
    private static final String OPEN = "chat.open";
    private static final String SHUT = "chat.shut";
    private static final String MISSING = "chat.missing";

    /** To which URLs subscribe: there nobody has another filter than theirs. */
    private static final String BY_URL = "chat.url";

    private final List<NodeProcess> nodes;
    private final boolean asks;
    private final String tenant = "t-" + UUID.randomUUID();
    private final RightsRequests requests = new RightsRequests(tenant);
    private final Map<Column, String> tokens = new EnumMap<>(Column.class);
    private final Map<NodeProcess, Calls> connections = new LinkedHashMap<>();
    private final Map<NodeProcess, HttpCalls> plain = new LinkedHashMap<>();
    private final GrpcClient manager;
    private final List<String> wrong = new ArrayList<>();
    private int cells;
    private int turn;

    /** @param asks whether they ask for tokens */
    RightsMatrix(List<NodeProcess> nodes, boolean asks) {
        this.nodes = nodes;
        this.asks = asks;
        nodes.forEach(node -> connections.put(node, Calls.to(node)));
        nodes.forEach(node -> plain.put(node, new HttpCalls(URI.create("http://127.0.0.1:" + node.httpPort() + "/"))));
        manager = GrpcClient.connect(nodes.get(0).grpcPort(), tenant).withToken(Deployments.all(tenant));
        for (Column column : Column.values()) {
            String token = token(column);
            if (token != null) {
                tokens.put(column, token);
            }
        }
    }

    private @Nullable String token(Column column) {
        return switch (column) {
            case NO_TOKEN -> null;
            case FORGED -> Deployments.forged(tenant, column.claim());
            case EXPIRED -> Deployments.expired(tenant, column.claim());
            case ALL_IN_ANOTHER_TENANT -> Deployments.token("other-" + tenant, column.claim());
            default -> Deployments.token(tenant, column.claim());
        };
    }

    /** Where nobody is asked for a token, those that no server would accept. */
    private Set<Column> columns() {
        return asks ? EnumSet.allOf(Column.class) : Column.unasked();
    }

    /** How many cells there are. */
    int size() {
        int rows = 0;
        for (Way way : Way.values()) {
            rows += way.rows().size();
        }
        return rows * columns().size();
    }

    /** What is wrong, a line for each cell; how many there were, {@link #cells} says. */
    List<String> run() {
        manager.create(OPEN);
        manager.create(SHUT);
        manager.create(BY_URL);
        manager.join(SHUT, RightsTable.ACTOR);
        manager.join(JoinGroupRequest.newBuilder()
                .setGroupName(OPEN)
                .setActorId(RightsTable.ACTOR)
                .setTtl(Duration.newBuilder().setSeconds(3600)));
        long end = manager.publish(SHUT, "", "before").getOffset();
        for (Column column : columns()) {
            // So that a cell's server is another one in the next column.
            turn++;
            for (Way way : Way.values()) {
                if (way == Way.GRPC_CALL) {
                    call(column);
                } else if (way == Way.HTTP_CALL) {
                    callPlainly(column);
                } else if (way.isByUrl()) {
                    subscribe(way, column);
                } else {
                    talk(way, column);
                }
            }
        }
        assertThat(manager.publish(SHUT, "", "after").getOffset()).isEqualTo(end + 1);
        assertThat(manager.memberships(SHUT))
                .extracting(GroupMembership::getActorId, GroupMembership::getJoinCount)
                .containsExactly(tuple(RightsTable.ACTOR, 1));
        assertThat(manager.list(MISSING, 0, "").getGroupsList()).isEmpty();
        return wrong;
    }

    int cells() {
        return cells;
    }

    private NodeProcess nextNode() {
        return nodes.get(turn++ % nodes.size());
    }

    private void call(Column column) {
        for (Row row : Row.calls()) {
            NodeProcess node = nextNode();
            Calls calls = connections.get(node).with(tokens.get(column));
            cell(Way.GRPC_CALL, column, row, node, group -> calls.ask(row, requests.call(row, group)));
        }
    }

    private void callPlainly(Column column) {
        for (Row row : Row.unary()) {
            NodeProcess node = nextNode();
            HttpCalls http = plain.get(node);
            String token = tokens.get(column);
            cell(
                    Way.HTTP_CALL,
                    column,
                    row,
                    node,
                    group -> PlainCalls.ask(http, token, row, requests.call(row, group)));
        }
    }

    private void subscribe(Way way, Column column) {
        for (Row row : Row.subscriptions()) {
            NodeProcess node = nextNode();
            cell(way, column, row, node, group -> {
                try (Dialogue dialogue = webSocket(way, column, node.webSocket(requests.path(row, group)))) {
                    return dialogue.subscribed();
                }
            });
        }
    }

    private Dialogue webSocket(Way way, Column column, URI address) {
        String token = tokens.get(column);
        String header = way.place == Way.Place.HEADER ? token : null;
        return way.place == Way.Place.SUBPROTOCOL && token != null
                ? Dialogue.on(address, header, way.subprotocol, "bearer." + token)
                : Dialogue.on(address, header, way.subprotocol);
    }

    /** One connection for all requests; where none can be opened, they come before the attempt to. */
    private void talk(Way way, Column column) {
        NodeProcess node = nextNode();
        String token = tokens.getOrDefault(column, "");
        List<Row> rows = new ArrayList<>(way.rows());
        if (!expected(way, column, Row.OPEN).isDone() && rows.remove(Row.OPEN)) {
            rows.add(Row.OPEN);
        }
        String path = way == Way.SESSION_ON_URL ? requests.path(Row.SUBSCRIBE_TOPIC, BY_URL) : "/ws";
        try (Dialogue dialogue = way.isOnGrpc()
                ? connections.get(node).with(tokens.get(column)).session()
                : webSocket(way, column, node.webSocket(path))) {
            for (Row row : rows) {
                cell(way, column, row, node, group -> {
                    if (row == Row.THEN_UPDATE && group.equals(OPEN)) {
                        dialogue.ask(requests.joinAsFarAsAllowed(column, group));
                    }
                    boolean inOpen = way.place == Way.Place.OPEN;
                    String said = row == Row.OPEN && !inOpen ? "" : token;
                    Outcome outcome = dialogue.ask(requests.inSession(row, group, said));
                    boolean isLeftOut = outcome.reason().equals("UNAUTHENTICATED");
                    return isLeftOut && outcome.code().isEmpty() ? dialogue.end() : outcome;
                });
            }
        }
    }

    private Expected expected(Way way, Column column, Row row) {
        Expected subscribing = RightsTable.expected(column, Row.SUBSCRIBE_TOPIC, asks);
        if (way == Way.SESSION_ON_URL && !subscribing.isDone()) {
            return subscribing;
        }
        boolean mayStillSay = way.place == Way.Place.OPEN || (column == Column.NO_TOKEN && !way.isOnGrpc());
        boolean isEarly = row.isOfSession() && row != Row.OPEN && mayStillSay && !column.isLetIn();
        return asks && isEarly ? Expected.NOT_OPEN : RightsTable.expected(column, row, asks);
    }

    private void cell(Way way, Column column, Row row, NodeProcess node, Function<String, Outcome> ask) {
        cells++;
        Expected expected = expected(way, column, row);
        String mistake;
        if (expected.isDone()) {
            Outcome outcome = ask.apply(groupToUse(row));
            mistake = mistake(expected, way, outcome) + mistake(column, row, outcome);
        } else {
            Outcome outcome = ask.apply(SHUT);
            mistake = mistake(expected, way, outcome);
            if (expected.isDenied() && !ask.apply(MISSING).equals(outcome)) {
                mistake += " tells whether the group exists";
            }
        }
        if (!mistake.isEmpty()) {
            wrong.add(way + " " + column + " " + row + " on " + node.id() + ":" + mistake);
        }
    }

    /** Where it can be done. */
    private String groupToUse(Row row) {
        return switch (row) {
            case CREATE -> "chat.new-" + cells;
            case DELETE -> manager.create("chat.old-" + cells).getGroupName();
            case LEAVE -> joinedBy(RightsTable.ACTOR);
            case EVICT -> joinedBy(RightsRequests.EVICTED);
            default -> OPEN;
        };
    }

    private String joinedBy(String actor) {
        manager.join(OPEN, actor);
        return OPEN;
    }

    private static String mistake(Expected expected, Way way, Outcome outcome) {
        boolean fits = outcome.reason().equals(expected.reason())
                && (!expected.isDenied() || outcome.field().equals(expected.field()))
                && outcome.message().contains(expected.sentence())
                && (outcome.code().isEmpty() || outcome.code().equals(code(expected, way)));
        return fits ? "" : " expected " + expected + " but was " + outcome;
    }

    /** With which a call or a connection ends. */
    private static String code(Expected expected, Way way) {
        if (way.isOnGrpc()) {
            return expected.equals(Expected.NOBODY_ASKED) ? "NOT_FOUND" : expected.reason();
        }
        return expected.reason().equals("UNAUTHENTICATED") ? "4401" : "4403";
    }

    /** Of an answer that tells more to some than to others. */
    private String mistake(Column column, Row row, Outcome outcome) {
        boolean reads = !asks || column.reads();
        if (outcome.answer() instanceof ListGroupsResponse list) {
            boolean shown = list.getGroupsList().stream()
                    .map(ProcessGroup::getGroupName)
                    .anyMatch(SHUT::equals);
            boolean counted = list.getTotalCount() > 0;
            return shown == reads && counted == (!asks || column.counts(row)) ? "" : " shows " + list;
        }
        if (outcome.answer() instanceof DeleteGroupResponse deleted && !deleted.getExisted()) {
            return " deleted nothing";
        }
        PublishToGroupResponse published = published(outcome);
        boolean named = published != null && published.getRecipientIdsCount() > 0;
        return published == null || named == reads ? "" : " names recipients: " + named;
    }

    private static @Nullable PublishToGroupResponse published(Outcome outcome) {
        if (outcome.answer() instanceof Answer answer) {
            return answer.hasPublished() ? answer.getPublished() : answer.hasAsked() ? answer.getAsked() : null;
        }
        if (outcome.answer() instanceof AskResponse asking) {
            return asking.getEvents(0).getAsked().getPublished();
        }
        return outcome.answer() instanceof PublishToGroupResponse response ? response : null;
    }

    @Override
    public void close() {
        connections.values().forEach(Calls::close);
        manager.close();
    }
}
