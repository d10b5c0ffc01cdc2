package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.MissingReason;

/** Is notified of what comes of messages that ask on this node. Any thread; must be quick. */
public interface AskObserver {
    /** A member's reply is on its way to the asker. */
    void replied();

    /** An ask has ended, and this many members had not replied for this reason. */
    void missing(MissingReason reason, int members);

    AskObserver NONE = new AskObserver() {
        @Override
        public void replied() {}

        @Override
        public void missing(MissingReason reason, int members) {}
    };
}
