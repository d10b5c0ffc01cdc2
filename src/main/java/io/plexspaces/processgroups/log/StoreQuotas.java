package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.GroupException;
import java.time.Duration;

/** How much of the store a tenant is given, on all nodes together. Thread-safe; the same for as long as a log lives. */
public interface StoreQuotas {
    /** As much as any tenant may have. */
    StoreQuotas NONE = new StoreQuotas() {
        @Override
        public int groups(String tenant) {
            return 0;
        }

        @Override
        public int members(String tenant) {
            return 0;
        }

        @Override
        public GroupException groupsExceeded(String tenant) {
            return GroupException.quota("groups", 0, Duration.ZERO);
        }

        @Override
        public GroupException membersExceeded(String tenant) {
            return GroupException.quota("members", 0, Duration.ZERO);
        }
    };

    /** Groups that a tenant may have; 0: no quota. */
    int groups(String tenant);

    /** Memberships, actors in a group, that it may have in all of its groups; 0: no quota. */
    int members(String tenant);

    /** Is told of each group that was one too many, and says how that is told to the client: QUOTA_EXCEEDED. */
    GroupException groupsExceeded(String tenant);

    /** The same for a join. */
    GroupException membersExceeded(String tenant);
}
