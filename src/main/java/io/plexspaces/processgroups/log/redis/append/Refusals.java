package io.plexspaces.processgroups.log.redis.append;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.log.LogLimits;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** What append.lua refuses, as failures. */
record Refusals(LogLimits limits) {
    /**
     * @param code as the script names it
     * @param about the words that follow
     */
    GroupException of(GroupId group, String code, String about) {
        switch (ErrorCode.valueOf(code)) {
            case BANNED:
                String[] words = about.split(" ");
                return banned(group, words[0], words[1]);
            case NOT_A_MEMBER:
                return GroupException.notAMember(group, new ActorId(about));
            case LEASE_NOT_FOUND:
                return GroupException.leaseNotFound(group);
            case SESSION_REPLACED:
                return GroupException.sessionReplaced();
            case EPOCH_CHANGED:
                return AppendScript.epochChanged(group, about);
            case STORE_UNAVAILABLE:
                return GroupException.of(
                        ErrorCode.STORE_UNAVAILABLE, "the store is out of " + about + "; try again later");
            case QUOTA_EXCEEDED:
                return GroupException.quota(about, limits.quotas().members(group.tenant()), Duration.ZERO);
            case LIMIT_EXCEEDED:
                return beyond(about);
            default:
                throw new IllegalStateException("append.lua answered " + code);
        }
    }

    private static GroupException banned(GroupId group, String actor, String micros) {
        return GroupException.banned(group, new ActorId(actor), Duration.of(Long.parseLong(micros), ChronoUnit.MICROS));
    }

    private GroupException beyond(String name) {
        switch (name) {
            case "node-labels-per-group":
                return GroupException.nodeLabels(limits.nodeLabelsPerGroup());
            case "metadata":
                return GroupException.metadata();
            case "bans-per-group":
                return GroupException.bans(limits.bansPerGroup());
            default:
                return GroupException.limit(name, limit(name));
        }
    }

    private long limit(String name) {
        switch (name) {
            case "members-per-group":
                return limits.membersPerGroup();
            case "topics-per-member":
                return limits.topicsPerMember();
            case "idempotency-keys":
                return limits.idempotencyKeys();
            case "batch-bytes":
                return limits.batchBytes();
            default:
                return limits.ownersPerMember();
        }
    }
}
