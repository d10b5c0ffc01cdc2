package io.plexspaces.processgroups.log;

import java.time.Duration;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link GroupLog} must do. An implementation passes by extending this class; every test uses a tenant and a
 * node of its own, so that all may share one store.
 */
public abstract class GroupLogContract {
    /** The limits of the log under test. */
    protected static final LogLimits LIMITS =
            new LogLimits(10_000, 100, 8, 4, 16, 64 * 1024, 8, 64 * 1024, 8, 8, new FewQuotas());

    /** The same for all calls of one test, with {@link #LIMITS}. */
    protected abstract GroupLog log();

    /** Of the same store. */
    protected abstract NodeLeases leases();

    /** Between the nodes of the same store. */
    protected abstract NodeMail mail();

    /** Lets the store's time pass: sets a clock, or waits. */
    protected abstract void advance(Duration by);

    /** Whether {@link #advance} by minutes costs no minutes; else tests that need it are skipped. */
    protected boolean hasClock() {
        return true;
    }

    @Nested
    class Lifecycle extends LifecycleContract {
        Lifecycle() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class EmptyGroups extends EmptyGroupContract {
        EmptyGroups() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class Memberships extends MembershipContract {
        Memberships() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class Metadata extends MetadataContract {
        Metadata() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class Bans extends BanContract {
        Bans() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class EvictionsFromTenants extends EvictionContract {
        EvictionsFromTenants() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class QuotasOfTenants extends QuotaContract {
        QuotasOfTenants() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class Labels extends LabelContract {
        Labels() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class Leases extends LeaseContract {
        Leases() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class Takeovers extends TakeoverContract {
        Takeovers() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class Messages extends MessageContract {
        Messages() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class MessagesForOne extends OneOfContract {
        MessagesForOne() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class AskingAndLetters extends LetterContract {
        AskingAndLetters() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class Reaching extends ReachContract {
        Reaching() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class RetainedMessages extends RetentionContract {
        RetainedMessages() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class RetainedMessagesBackwards extends BackwardsContract {
        RetainedMessagesBackwards() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class Listings extends ListingContract {
        Listings() {
            super(GroupLogContract.this);
        }
    }

    @Nested
    class UnderLoad extends LoadContract {
        UnderLoad() {
            super(GroupLogContract.this);
        }
    }
}
