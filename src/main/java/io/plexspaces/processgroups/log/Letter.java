package io.plexspaces.processgroups.log;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Message;

/** What one node has to say to another. */
public sealed interface Letter {
    /** About how many bytes it has. */
    int weight();

    /**
     * A member's reply to a message of an asker there.
     *
     * @param from where the receipt goes
     * @param number of the receipt: unique for {@code from}
     * @param ask as in {@code Asker.ask}
     * @param offset of the message that is replied to
     */
    record Reply(NodeMail.Address from, long number, long ask, long offset, ActorId actor, Message message)
            implements Letter {
        @Override
        public int weight() {
            return 128 + actor.value().length() + message.weight();
        }
    }

    /** What became of a reply. */
    record Receipt(long number, Outcome outcome) implements Letter {
        @Override
        public int weight() {
            return 32;
        }
    }

    /** What an asker's node did with a reply. */
    enum Outcome {
        /** It is on its way to the asker. */
        TAKEN,
        /** The actor had replied before: it was not delivered. */
        DUPLICATE,
        /** The asker waits for no replies any more, or never did. */
        OVER,
        /** The actor was not asked. */
        NOT_ASKED,
        /** Too much waits there: it was not delivered. */
        OVERLOADED
    }
}
