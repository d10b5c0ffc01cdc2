package io.plexspaces.processgroups.cluster;

import io.plexspaces.processgroups.access.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The table of all rights: its rows are what can be asked for, with what each needs; its columns are what callers can
 * bring; and {@link #expected} says by one rule for all what must come of each. Knows nothing of the code under test.
 *
 * <p>All requests are about the actor {@code ann}, the namespace {@code default}, groups {@code chat.…} and topics
 * {@code room.…}.
 *
 * <p>One file, as what is expected follows from all of it.
 */
final class RightsTable {
    static final String ACTOR = "ann";

    private RightsTable() {}

    /** How much a request wants of namespaces, groups, actors or topics. */
    enum Extent {
        /** It is about none in particular. */
        NONE,
        ONE,
        /** Whatever they are called; of topics also messages without one. */
        ALL
    }

    /** What a rule says of them. */
    enum Fit {
        /** There are no limits. */
        ANY,
        /** What this table asks for, and not everything. */
        RIGHT,
        /** Others only. */
        OTHERS;

        boolean covers(Extent wanted) {
            return this == ANY || wanted == Extent.NONE || (this == RIGHT && wanted == Extent.ONE);
        }
    }

    /** What one operation of the rules has to be allowed for. */
    record Need(Operation operation, Extent namespaces, Extent groups, Extent actors, Extent topics) {
        static Need manage() {
            return new Need(Operation.MANAGE, Extent.ONE, Extent.ONE, Extent.NONE, Extent.NONE);
        }

        static Need read() {
            return new Need(Operation.READ, Extent.ONE, Extent.ONE, Extent.NONE, Extent.NONE);
        }

        static Need join(Extent topics) {
            return new Need(Operation.JOIN, Extent.ONE, Extent.ONE, Extent.ONE, topics);
        }

        static Need publish(Extent topics) {
            return new Need(Operation.PUBLISH, Extent.ONE, Extent.ONE, Extent.ONE, topics);
        }

        Need in(Extent someNamespaces, Extent someGroups) {
            return new Need(operation, someNamespaces, someGroups, actors, topics);
        }

        /** As somebody else, too; or as nobody, which could be anybody. */
        Need asAnybody() {
            return new Need(operation, namespaces, groups, Extent.ALL, topics);
        }

        Need about(Extent someTopics) {
            return new Need(operation, namespaces, groups, actors, someTopics);
        }
    }

    /** What can be asked for. */
    enum Row {
        CREATE("CreateGroup", Need.manage()),
        DELETE("DeleteGroup", Need.manage()),
        JOIN("JoinGroup", Need.join(Extent.ALL)),
        JOIN_TOPIC("JoinGroup", Need.join(Extent.ONE)),
        JOIN_WITH_BOB("JoinGroup", Need.join(Extent.ALL), Need.join(Extent.ALL).asAnybody()),
        JOIN_MISSING("JoinGroup", Need.join(Extent.ALL), Need.manage()),
        LEAVE("LeaveGroup", Need.join(Extent.NONE)),
        RENEW("RenewLease", Need.join(Extent.NONE)),
        UPDATE("Update", Need.join(Extent.NONE)),
        MEMBERS("GetMembers", Need.read()),
        LOCAL_MEMBERS("GetLocalMembers", Need.read()),
        LIST("ListGroups", Need.read().in(Extent.NONE, Extent.NONE)),
        LIST_NAMESPACE("ListGroups", Need.read().in(Extent.ONE, Extent.NONE)),
        FETCH("FetchMessages", Need.read().about(Extent.ALL)),
        PUBLISH("PublishToGroup", Need.publish(Extent.ALL)),
        PUBLISH_TOPIC("PublishToGroup", Need.publish(Extent.ONE)),
        PUBLISH_UNSIGNED("PublishToGroup", Need.publish(Extent.ALL).asAnybody()),
        PUBLISH_MISSING("PublishToGroup", Need.publish(Extent.ALL), Need.manage()),
        ASK("Ask", Need.publish(Extent.ALL)),
        ASK_TOPIC("Ask", Need.publish(Extent.ONE)),
        REPLY("Reply", Need.join(Extent.NONE)),
        EVICT("Evict", Need.manage()),
        EVICT_EVERYWHERE("Evict", Need.manage().in(Extent.ALL, Extent.ALL)),
        SUBSCRIBE("Subscribe", Need.join(Extent.ALL)),
        SUBSCRIBE_TOPIC("Subscribe", Need.join(Extent.ONE)),
        SUBSCRIBE_SNAPSHOT("Subscribe", Need.join(Extent.ALL), Need.read()),
        SUBSCRIBE_MISSING("Subscribe", Need.join(Extent.ALL), Need.manage()),
        SUBSCRIBE_PRESENCE("Subscribe", Need.join(Extent.ALL), Need.read()),
        WATCH("Watch", Need.read()),
        WATCH_NAMESPACE("Watch", Need.read().in(Extent.ONE, Extent.ALL)),

        // Requests of sessions, in the order in which one of them sends them. To open one takes any right as its actor.
        OPEN("open"),
        THEN_JOIN_TOPIC("join", Need.join(Extent.ONE)),
        THEN_JOIN("join", Need.join(Extent.ALL)),
        THEN_JOIN_SNAPSHOT("join", Need.join(Extent.ALL), Need.read()),
        THEN_JOIN_MISSING("join", Need.join(Extent.ALL), Need.manage()),
        THEN_JOIN_PRESENCE("join", Need.join(Extent.ALL), Need.read()),
        THEN_PUBLISH("publish", Need.publish(Extent.ALL)),
        THEN_PUBLISH_TOPIC("publish", Need.publish(Extent.ONE)),
        THEN_PUBLISH_MISSING("publish", Need.publish(Extent.ALL), Need.manage()),
        THEN_ASK("ask", Need.publish(Extent.ALL)),
        THEN_REPLY("reply", Need.join(Extent.NONE)),
        THEN_CANCEL("cancel_ask"),
        THEN_UPDATE("update", Need.join(Extent.NONE)),
        THEN_LEAVE("leave", Need.join(Extent.NONE)),
        THEN_RENEW("renew", Need.join(Extent.NONE)),
        THEN_WATCH("watch", Need.read()),
        THEN_UNWATCH("unwatch", Need.read()),
        THEN_WATCH_NAMESPACE("watch", Need.read().in(Extent.ONE, Extent.ALL)),
        THEN_UNWATCH_NAMESPACE("unwatch", Need.read().in(Extent.ONE, Extent.ALL)),
        REFRESH("refresh");

        /** As the proto names it. */
        final String operation;

        final List<Need> needs;

        Row(String operation, Need... needs) {
            this.operation = operation;
            this.needs = List.of(needs);
        }

        boolean isOfSession() {
            return Character.isLowerCase(operation.charAt(0));
        }

        boolean isReply() {
            return operation.equalsIgnoreCase("reply");
        }

        boolean isOfSubscription() {
            return operation.equals("Subscribe");
        }

        static List<Row> calls() {
            return Arrays.stream(values()).filter(row -> !row.isOfSession()).toList();
        }

        /** Those of them that have one answer. */
        static List<Row> unary() {
            return calls().stream()
                    .filter(row -> !Set.of("Ask", "Subscribe", "Watch").contains(row.operation))
                    .toList();
        }

        static List<Row> subscriptions() {
            return Arrays.stream(values()).filter(Row::isOfSubscription).toList();
        }

        static List<Row> requests() {
            return Arrays.stream(values()).filter(Row::isOfSession).toList();
        }
    }

    record Rule(Set<Operation> operations, Fit namespaces, Fit groups, Fit actors, Fit topics) {
        static Rule of(Operation... operations) {
            return new Rule(Set.of(operations), Fit.ANY, Fit.ANY, Fit.RIGHT, Fit.ANY);
        }

        static Rule all() {
            return of(Operation.values());
        }

        Rule namespaces(Fit fit) {
            return new Rule(operations, fit, groups, actors, topics);
        }

        Rule groups(Fit fit) {
            return new Rule(operations, namespaces, fit, actors, topics);
        }

        Rule actors(Fit fit) {
            return new Rule(operations, namespaces, groups, fit, topics);
        }

        Rule topics(Fit fit) {
            return new Rule(operations, namespaces, groups, actors, fit);
        }

        /** As a token has it. */
        Map<String, List<String>> claim() {
            Map<String, List<String>> claim = new LinkedHashMap<>();
            claim.put("ops", texts());
            put(claim, "namespaces", namespaces, "default", "elsewhere");
            put(claim, "groups", groups, "chat.*", "other.*");
            put(claim, "topics", topics, "room.>", "stock.>");
            if (actors != Fit.RIGHT) {
                claim.put("actors", List.of(actors == Fit.ANY ? "*" : "bob"));
            }
            return claim;
        }

        private List<String> texts() {
            return operations.size() == Operation.values().length
                    ? List.of("*")
                    : operations.stream().map(Operation::text).toList();
        }

        private static void put(Map<String, List<String>> claim, String list, Fit fit, String right, String other) {
            if (fit != Fit.ANY) {
                claim.put(list, List.of(fit == Fit.RIGHT ? right : other));
            }
        }

        /** The first part that does not fit. */
        Part missing(Need need) {
            if (!operations.contains(need.operation())) {
                return Part.OPERATION;
            }
            if (!namespaces.covers(need.namespaces())) {
                return Part.NAMESPACE;
            }
            if (!groups.covers(need.groups())) {
                return Part.GROUP;
            }
            if (!actors.covers(need.actors())) {
                return Part.ACTOR;
            }
            return topics.covers(need.topics()) ? Part.NOTHING : Part.TOPIC;
        }
    }

    /** Of several rules, the one that got furthest in this order decides what is said. */
    enum Part {
        OPERATION("", ""),
        NAMESPACE("namespace", "namespace"),
        GROUP("group_name", "group_name"),
        ACTOR("actor_id", "message.sender_id"),
        TOPIC("topics", "topic"),
        NOTHING("", "");

        private final String field;
        private final String fieldOfPublish;

        Part(String field, String fieldOfPublish) {
            this.field = field;
            this.fieldOfPublish = fieldOfPublish;
        }

        String field(Operation operation) {
            return operation == Operation.PUBLISH ? fieldOfPublish : field;
        }
    }

    /** What a caller can bring. */
    enum Column {
        NO_RULE(),
        JOIN_ALONE(Rule.of(Operation.JOIN)),
        PUBLISH_ALONE(Rule.of(Operation.PUBLISH)),
        READ_ALONE(Rule.of(Operation.READ)),
        MANAGE_ALONE(Rule.of(Operation.MANAGE)),
        ALL(Rule.all()),
        ALL_AS_ANYBODY(Rule.all().actors(Fit.ANY)),
        ALL_AS_ANOTHER_ACTOR(Rule.all().actors(Fit.OTHERS)),
        ALL_IN_THIS_NAMESPACE(Rule.all().namespaces(Fit.RIGHT)),
        ALL_IN_ANOTHER_NAMESPACE(Rule.all().namespaces(Fit.OTHERS)),
        ALL_IN_THESE_GROUPS(Rule.all().groups(Fit.RIGHT)),
        ALL_IN_OTHER_GROUPS(Rule.all().groups(Fit.OTHERS)),
        ALL_ABOUT_THESE_TOPICS(Rule.all().topics(Fit.RIGHT)),
        ALL_ABOUT_OTHER_TOPICS(Rule.all().topics(Fit.OTHERS)),
        // One rule as a whole has to allow it: what others lack, none adds.
        JOIN_AND_PUBLISH_ELSEWHERE(
                Rule.of(Operation.JOIN, Operation.PUBLISH).groups(Fit.OTHERS),
                Rule.of(Operation.READ, Operation.MANAGE)),
        READ_AND_MANAGE_ELSEWHERE(
                Rule.of(Operation.READ, Operation.MANAGE).namespaces(Fit.OTHERS),
                Rule.of(Operation.JOIN, Operation.PUBLISH)),
        ANOTHER_ACTOR_OR_ANOTHER_GROUP(Rule.all().actors(Fit.OTHERS), Rule.all().groups(Fit.OTHERS)),
        ALL_IN_ANOTHER_TENANT(Rule.all().actors(Fit.ANY)),
        NO_TOKEN(),
        FORGED(Rule.all().actors(Fit.ANY)),
        EXPIRED(Rule.all().actors(Fit.ANY));

        final List<Rule> rules;

        Column(Rule... rules) {
            this.rules = List.of(rules);
        }

        /** Those that matter where nobody is asked who it is. */
        static Set<Column> unasked() {
            return EnumSet.of(NO_TOKEN, NO_RULE, ALL_IN_ANOTHER_TENANT, FORGED, EXPIRED);
        }

        boolean isLetIn() {
            return this != NO_TOKEN && this != FORGED && this != EXPIRED;
        }

        boolean isOfTheTenant() {
            return isLetIn() && this != ALL_IN_ANOTHER_TENANT;
        }

        private boolean mayBeTheActor() {
            return rules.stream().anyMatch(rule -> rule.actors().covers(Extent.ONE));
        }

        private Part missing(Need need) {
            return rules.stream()
                    .map(rule -> rule.missing(need))
                    .max(Part::compareTo)
                    .orElse(Part.OPERATION);
        }

        /** Whether it sees the groups of this table, and who is in them. */
        boolean reads() {
            return may(Need.read());
        }

        /** Whether it is told how many groups this finds. */
        boolean counts(Row list) {
            Extent namespaces = list == Row.LIST ? Extent.ALL : Extent.ONE;
            return may(Need.read().in(namespaces, Extent.ALL));
        }

        private boolean may(Need need) {
            return isOfTheTenant() && missing(need) == Part.NOTHING;
        }

        List<Map<String, List<String>>> claim() {
            List<Map<String, List<String>>> claim = new ArrayList<>();
            rules.forEach(rule -> claim.add(rule.claim()));
            return claim;
        }
    }

    /**
     * What must come of a request.
     *
     * @param reason of the error; empty: it is done
     * @param field of the error, if that is PERMISSION_DENIED
     * @param sentence in its message
     */
    record Expected(String reason, String field, String sentence) {
        static final Expected DONE = new Expected("", "", "");
        static final Expected LEFT_OUT = new Expected("UNAUTHENTICATED", "", "");
        /** Allowed, but nobody has asked. */
        static final Expected NOBODY_ASKED = new Expected("ASK_NOT_FOUND", "", "");

        static final Expected NOT_OPEN = new Expected("FAILED_PRECONDITION", "", "");
        static final Expected NOT_ASKED = new Expected("FAILED_PRECONDITION", "", "asks for no tokens");

        static Expected denied(String field, String sentence) {
            return new Expected("PERMISSION_DENIED", field, sentence);
        }

        boolean isDone() {
            return reason.isEmpty();
        }

        boolean isDenied() {
            return reason.equals("PERMISSION_DENIED");
        }
    }

    /** @param asks whether the server asks callers for tokens: without, all may do everything */
    static Expected expected(Column column, Row row, boolean asks) {
        if (!asks) {
            return row == Row.REFRESH ? Expected.NOT_ASKED : allowed(row);
        }
        if (!column.isLetIn()) {
            return Expected.LEFT_OUT;
        }
        if (row.isOfSession()) {
            Expected opening = opening(column);
            if (row == Row.OPEN || !opening.isDone()) {
                return row == Row.OPEN ? opening : Expected.NOT_OPEN;
            }
        }
        for (Need need : row.needs) {
            String sentence = need.operation().text() + " is not permitted";
            if (!column.isOfTheTenant()) {
                return Expected.denied("tenant_id", sentence);
            }
            Part missing = column.missing(need);
            if (missing != Part.NOTHING) {
                return Expected.denied(missing.field(need.operation()), sentence);
            }
        }
        return allowed(row);
    }

    private static Expected allowed(Row row) {
        return row.isReply() ? Expected.NOBODY_ASKED : Expected.DONE;
    }

    private static Expected opening(Column column) {
        String sentence = "no right is for it";
        if (!column.isOfTheTenant()) {
            return Expected.denied("tenant_id", sentence);
        }
        return column.mayBeTheActor() ? Expected.DONE : Expected.denied("actor_id", sentence);
    }
}
