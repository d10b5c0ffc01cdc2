package io.plexspaces.processgroups.domain;

import java.time.Duration;
import java.util.Arrays;

/** The one exception for every expected failure. Has no stack trace: it says what a client did, not where we were. */
public final class GroupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String field;
    private final Duration retryAfter;

    private GroupException(ErrorCode code, String field, String message) {
        this(code, field, message, Duration.ZERO);
    }

    private GroupException(ErrorCode code, String field, String message, Duration retryAfter) {
        super(message, null, false, false);
        this.code = code;
        this.field = field;
        this.retryAfter = retryAfter;
    }

    public static GroupException of(ErrorCode code, String message) {
        return new GroupException(code, "", message);
    }

    /** @param field the request field, in the spelling of the proto, for example {@code group_name} */
    public static GroupException invalid(String field, String message) {
        return new GroupException(ErrorCode.INVALID_ARGUMENT, field, field + ": " + message);
    }

    /**
     * The caller has no right to it. Says the same whatever exists.
     *
     * @param field that its rights do not cover; empty: none in particular
     */
    public static GroupException denied(String field, String message) {
        return new GroupException(
                ErrorCode.PERMISSION_DENIED, field, field.isEmpty() ? message : field + ": " + message);
    }

    public static GroupException limit(String limit, long value) {
        return new GroupException(
                ErrorCode.LIMIT_EXCEEDED, limit, "limit processgroups.limits." + limit + " = " + value + " reached");
    }

    /** The same where one field of the request would pass it. */
    public static GroupException limit(String field, String limit, long value) {
        return new GroupException(
                ErrorCode.LIMIT_EXCEEDED,
                field,
                field + ": " + limit(limit, value).getMessage());
    }

    /**
     * A tenant or a session has used what it may use of this node, or a tenant has in the store what it may have there.
     *
     * @param quota its name, for example {@code requests}
     * @param retryAfter when there is some again, if nobody else uses it; zero: nobody knows
     */
    public static GroupException quota(String quota, long value, Duration retryAfter) {
        return new GroupException(
                ErrorCode.QUOTA_EXCEEDED, quota, "quota " + quota + " = " + value + " reached", retryAfter);
    }

    /** A join names a node that none of the group's joins has named, and they have named as many as they may. */
    public static GroupException nodeLabels(long most) {
        return limit("node_id", "node-labels-per-group", most);
    }

    public static GroupException groupNotFound(GroupId group) {
        return new GroupException(ErrorCode.GROUP_NOT_FOUND, "group_name", "no group " + whole(group));
    }

    public static GroupException notAMember(GroupId group, ActorId actor) {
        return new GroupException(
                ErrorCode.NOT_A_MEMBER, "actor_id", actor.value() + " is not a member of " + whole(group));
    }

    public static GroupException evicted(GroupId group, ActorId actor) {
        return of(ErrorCode.EVICTED, actor.value() + " was evicted from " + group.name());
    }

    /** @param left how long it still may not join */
    public static GroupException banned(GroupId group, ActorId actor, Duration left) {
        return new GroupException(
                ErrorCode.BANNED, "actor_id", "actor_id: " + actor.value() + " is banned from " + whole(group), left);
    }

    /** All joins of one member would say more than they may together. */
    public static GroupException metadata() {
        return new GroupException(
                ErrorCode.LIMIT_EXCEEDED,
                "metadata",
                "metadata: all joins of one member have at most " + JoinMetadata.MOST_BYTES_OF_A_MEMBER + " bytes");
    }

    /** As many actors are banned from a group as may be. */
    public static GroupException bans(long most) {
        return limit("ban", "bans-per-group", most);
    }

    /** @param left how long it still may not open a session */
    public static GroupException bannedEverywhere(String tenant, ActorId actor, Duration left) {
        return new GroupException(
                ErrorCode.BANNED, "actor_id", "actor_id: " + actor.value() + " is banned from tenant " + tenant, left);
    }

    public static GroupException evictedEverywhere(String tenant, ActorId actor) {
        return of(ErrorCode.EVICTED, actor.value() + " was evicted from tenant " + tenant);
    }

    /** As many actors are evicted from one tenant as may be. */
    public static GroupException evictions(long most) {
        return limit("everywhere", "bans-per-tenant", most);
    }

    /** This node works at as many evictions from whole tenants as it may. */
    public static GroupException evicting(String what) {
        return new GroupException(
                ErrorCode.OVERLOADED, "everywhere", "everywhere: " + what + " are under way on this server; try again");
    }

    /** As many actors are evicted from their tenants as the store may note. */
    public static GroupException evictionsOfAll(long most) {
        return new GroupException(
                ErrorCode.LIMIT_EXCEEDED, "everywhere", "everywhere: " + most + " actors of all tenants are evicted");
    }

    public static GroupException sessionReplaced() {
        return of(ErrorCode.SESSION_REPLACED, "another connection took this session over");
    }

    /** Does not name the lease: a client that knows its id can end it, and failures are logged. */
    public static GroupException leaseNotFound(GroupId group) {
        return new GroupException(ErrorCode.LEASE_NOT_FOUND, "", "no such lease in " + whole(group));
    }

    /** An error that says that something is missing also says where it was looked for. */
    private static String whole(GroupId group) {
        return group.name() + " in namespace " + group.namespace().name() + " of tenant " + group.tenant();
    }

    /** Whether a failure is an expected one, with one of these codes. */
    public static boolean is(Throwable failure, ErrorCode... codes) {
        return failure instanceof GroupException expected
                && Arrays.asList(codes).contains(expected.code);
    }

    public ErrorCode code() {
        return code;
    }

    /** After which time the same may succeed; zero: it is not known. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /** The request field, limit or quota it is about, in the spelling of the proto; empty when it is about none. */
    public String field() {
        return field;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
