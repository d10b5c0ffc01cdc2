package io.plexspaces.processgroups.access;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.domain.TopicPattern;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, and what it may do: what its rules together allow. Each single thing (operation, namespace, group, actor
 * and topic) must be allowed by one rule as a whole; a topic filter is as many things as it has topics. Immutable.
 *
 * <p>A decision asks each pattern of each rule once at most, in one pass over it and the name; a filter's patterns are
 * compared with each permitted one in the same way. All but {@link #mayJoin}, {@link #mayFetch} and {@link #topicsOf}
 * allocate nothing. None looks at the time: to end what a caller does is the work of who has a clock.
 */
public final class Caller {
    /** Of all rules together, those of its roles among them. */
    public static final int MOST_RULES = 1_000;

    /** As OpenID Connect has it; no actor id is longer. */
    private static final int SUBJECT_CHARACTERS = 255;

    private static final Caller ANYBODY = new Caller(null, "", List.of(), null);

    /** No tenant has this name. */
    private static final Caller NOBODY = new Caller("", "", List.of(), null);

    private final @Nullable String tenant;
    private final String subject;
    private final List<Grant> grants;
    private final @Nullable Instant expiresAt;

    private Caller(@Nullable String tenant, String subject, List<Grant> grants, @Nullable Instant expiresAt) {
        this.tenant = tenant;
        this.subject = subject;
        this.grants = grants;
        this.expiresAt = expiresAt;
    }

    /** Where nobody is asked who they are: may do everything in every tenant, and never ends. */
    public static Caller anybody() {
        return ANYBODY;
    }

    /** May do nothing in any tenant: who has not said yet who it is. */
    public static Caller nobody() {
        return NOBODY;
    }

    /**
     * @param tenant the only one it may do anything in
     * @param subject put literally where rules say {@code ${sub}}; empty: it has none, and they allow it nothing there
     * @param expiresAt when its rights end; null: never
     * @throws IllegalArgumentException naming {@code tenant}, {@code sub} or {@code rules}: not a name; more than 255
     *     characters; more than {@link #MOST_RULES}
     */
    public static Caller of(String tenant, String subject, List<Rule> rules, @Nullable Instant expiresAt) {
        checkTenant(tenant);
        if (subject.length() > SUBJECT_CHARACTERS) {
            throw new IllegalArgumentException("sub: must have at most " + SUBJECT_CHARACTERS + " characters");
        }
        if (rules.size() > MOST_RULES) {
            throw new IllegalArgumentException("rules: must be at most " + MOST_RULES);
        }
        // Most rules have the same actors.
        Map<List<ActorPattern>, List<NamePattern>> known = new HashMap<>();
        List<Grant> grants = rules.stream()
                .map(rule -> new Grant(rule, known.computeIfAbsent(rule.actors(), actors -> of(actors, subject))))
                .toList();
        return new Caller(tenant, subject, grants, expiresAt);
    }

    private static void checkTenant(String tenant) {
        try {
            new Namespace(tenant, Namespace.DEFAULT);
        } catch (GroupException refused) {
            throw new IllegalArgumentException("tenant: must be a name of 1 to 128 bytes", refused);
        }
    }

    private static List<NamePattern> of(List<ActorPattern> actors, String subject) {
        return actors.stream()
                .map(actor -> actor.of(subject))
                .filter(Objects::nonNull)
                .toList();
    }

    /** Null: every tenant. */
    public @Nullable String tenant() {
        return tenant;
    }

    /** Empty: none. */
    public String subject() {
        return subject;
    }

    /** Null: never. */
    public @Nullable Instant expiresAt() {
        return expiresAt;
    }

    /**
     * To join and to subscribe. The filter must be contained in the permitted topics, pattern by pattern; where topics
     * are limited, ALL is not.
     */
    public Decision mayJoin(GroupId group, ActorId actor, TopicFilter filter) {
        return mayAsk(Operation.JOIN, group, actor, filter);
    }

    /** To leave, and to renew a lease: as {@link #mayJoin}, whatever the topics. */
    public Decision mayLeave(GroupId group, ActorId actor) {
        return Decision.of(Operation.JOIN, missing(Operation.JOIN, group, actor));
    }

    /**
     * @param sender null: the message names none. Allowed only by a rule for any actor, {@code *}
     * @param topic null: the message has none, and reaches everybody. Allowed only by a rule without topics
     */
    public Decision mayPublish(GroupId group, @Nullable ActorId sender, @Nullable Topic topic) {
        Part furthest = unlessTenant(group.tenant());
        for (int i = 0; i < grants.size() && goesOn(furthest); i++) {
            furthest = later(furthest, grants.get(i).missingToPublish(group, sender, topic));
        }
        return Decision.of(Operation.PUBLISH, furthest);
    }

    /** To see the group and its members, and to watch them. Whether it is in a list is the same question. */
    public Decision mayRead(GroupId group) {
        return Decision.of(Operation.READ, missing(Operation.READ, group, null));
    }

    /** To see each group of a namespace, whatever its name, as to watch them all. */
    public Decision mayReadAll(Namespace namespace) {
        Part furthest = unlessTenant(namespace.tenant());
        for (int i = 0; i < grants.size() && goesOn(furthest); i++) {
            furthest = later(furthest, grants.get(i).missingToReadAll(namespace.name()));
        }
        return Decision.of(Operation.READ, furthest);
    }

    /** To read messages that this filter accepts: as {@link #mayRead}, and with topics as in {@link #mayJoin}. */
    public Decision mayFetch(GroupId group, TopicFilter filter) {
        return mayAsk(Operation.READ, group, null, filter);
    }

    /** To create, to delete, and to evict whichever actor. */
    public Decision mayManage(GroupId group) {
        return Decision.of(Operation.MANAGE, missing(Operation.MANAGE, group, null));
    }

    /** To see each group of the tenant, whatever its namespace and name: as to be told how many there are. */
    public Decision mayReadAll(String inTenant) {
        return everywhere(Operation.READ, inTenant);
    }

    /** To manage each group of the tenant, whatever its namespace and name: as to evict somebody from all of them. */
    public Decision mayManageAll(String inTenant) {
        return everywhere(Operation.MANAGE, inTenant);
    }

    private Decision everywhere(Operation operation, String inTenant) {
        Part furthest = unlessTenant(inTenant);
        for (int i = 0; i < grants.size() && goesOn(furthest); i++) {
            furthest = later(furthest, grants.get(i).missingEverywhere(operation));
        }
        return Decision.of(operation, furthest);
    }

    /**
     * To list groups; which ones, {@link #mayRead} says of each.
     *
     * @param namespace null: all of the tenant's
     */
    public Decision mayList(String inTenant, @Nullable String namespace) {
        Part furthest = unlessTenant(inTenant);
        for (int i = 0; i < grants.size() && goesOn(furthest); i++) {
            Grant grant = grants.get(i);
            if (grant.rule().allows(Operation.READ)) {
                boolean fits = namespace == null || grant.touches(namespace);
                furthest = later(furthest, fits ? Part.NOTHING : Part.NAMESPACE);
            }
        }
        return Decision.of(Operation.READ, furthest);
    }

    /** Whether any rule, whatever it allows, is for this actor: without one it can open no session as this actor. */
    public boolean mayBe(String inTenant, ActorId actor) {
        Part known = unlessTenant(inTenant);
        if (!goesOn(known)) {
            return known == Part.NOTHING;
        }
        for (int i = 0; i < grants.size(); i++) {
            if (grants.get(i).mayBe(actor)) {
                return true;
            }
        }
        return false;
    }

    /**
     * What a join may be about, and so what may be delivered for it.
     *
     * @return each once, unordered; null: no limits; empty: it may not join at all
     */
    public @Nullable List<TopicPattern> topicsOf(GroupId group, ActorId actor) {
        return topics(Operation.JOIN, group, actor);
    }

    private Decision mayAsk(Operation operation, GroupId group, @Nullable ActorId actor, TopicFilter filter) {
        Part missing = missing(operation, group, actor);
        boolean wider = missing == Part.NOTHING && !Containment.isWithin(topics(operation, group, actor), filter);
        return Decision.of(operation, wider ? Part.TOPIC : missing);
    }

    private @Nullable List<TopicPattern> topics(Operation operation, GroupId group, @Nullable ActorId actor) {
        if (tenant == null) {
            return null;
        }
        Set<TopicPattern> union = new LinkedHashSet<>();
        for (Grant grant : tenant.equals(group.tenant()) ? grants : List.<Grant>of()) {
            if (missing(grant, operation, group, actor) == Part.NOTHING) {
                List<TopicPattern> topics = grant.rule().topics();
                if (topics == null) {
                    return null;
                }
                union.addAll(topics);
            }
        }
        return List.copyOf(union);
    }

    /** Whatever the topics. */
    private Part missing(Operation operation, GroupId group, @Nullable ActorId actor) {
        Part furthest = unlessTenant(group.tenant());
        for (int i = 0; i < grants.size() && goesOn(furthest); i++) {
            furthest = later(furthest, missing(grants.get(i), operation, group, actor));
        }
        return furthest;
    }

    private static Part missing(Grant grant, Operation operation, GroupId group, @Nullable ActorId actor) {
        return actor == null ? grant.missing(operation, group) : grant.missing(operation, group, actor);
    }

    /** Where the rules need not be asked: NOTHING or TENANT; else OPERATION, which is what is missing without any. */
    private Part unlessTenant(String other) {
        if (tenant == null) {
            return Part.NOTHING;
        }
        return tenant.equals(other) ? Part.OPERATION : Part.TENANT;
    }

    private static boolean goesOn(Part furthest) {
        return furthest != Part.NOTHING && furthest != Part.TENANT;
    }

    private static Part later(Part one, Part other) {
        return one.compareTo(other) < 0 ? other : one;
    }
}
