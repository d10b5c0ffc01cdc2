package io.plexspaces.processgroups.core.publish;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Groups.PublishRequest;
import io.plexspaces.processgroups.core.Groups.PublishResult;
import io.plexspaces.processgroups.core.Groups.Spread;
import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.GroupLog;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.operators.AbstractUni;
import io.smallrye.mutiny.subscription.UniSubscriber;
import org.jspecify.annotations.Nullable;

/**
 * Publishes messages. Every message passes here: in a group that is open and stays so, this costs few objects and no
 * operators.
 */
public final class Publisher {
    private final GroupLog log;
    private final OpenGroups groups;
    private final OperationIds operations;
    private final Dispatch local;

    public Publisher(GroupLog log, OpenGroups groups, OperationIds operations, NodeId self) {
        this.log = log;
        this.groups = groups;
        this.operations = operations;
        this.local = new Dispatch.OnNode(self);
    }

    public Uni<PublishResult> publish(PublishRequest request) {
        return new Publish(null, request);
    }

    /** Publishes a message each time it is subscribed to. */
    final class Publish extends AbstractUni<PublishResult> implements PendingPublish.Attempts {
        private final @Nullable GroupPublishes open;
        private final PublishRequest request;

        /** Of a message for one member; null: not chosen yet. */
        private volatile Dispatch.@Nullable AnyOf choice;

        /**
         * @param open kept open by the subscriber, which also tries again when the group has another epoch; null: one
         *     is to be found
         */
        Publish(@Nullable GroupPublishes open, PublishRequest request) {
            this.open = open;
            this.request = request;
        }

        @Override
        public void subscribe(UniSubscriber<? super PublishResult> answer) {
            GroupPublishes present = open == null ? groups.enter(request.group()) : open;
            if (present == null) {
                AbstractUni.subscribe(patiently(), answer);
                return;
            }
            PendingPublish publishing = new PendingPublish(present, this, answer);
            answer.onSubscribe(publishing);
            begin(present, publishing);
        }

        /**
         * Gives the message to the log. A message for one member goes through the group's serial queue, where its
         * candidates are chosen; while it is queued, later messages take the same way: so a publisher's messages get
         * their offsets in the order in which it sent them.
         */
        private void begin(GroupPublishes present, PendingPublish publishing) {
            try {
                OperationId operation = operations.next();
                publishing.begin(operation);
                if (isForOne() || present.state().use().hasQueued()) {
                    present.queue(() -> give(present, publishing, operation));
                } else {
                    give(present, publishing, operation);
                }
            } catch (RuntimeException failure) {
                publishing.abort(failure);
            }
        }

        /** Gives it to the log, or makes it wait when another publish may have to go first. */
        private void give(GroupPublishes present, PendingPublish publishing, OperationId operation) {
            try {
                // A publish that still names the epoch before is registered by now, and one that names the next epoch
                // finds the retries held.
                String epoch = present.state().epoch();
                while (present.state().use().isHeld()) {
                    if (present.addToRetries(publishing)) {
                        return;
                    }
                    epoch = present.state().epoch();
                }
                append(present, epoch, operation, publishing);
            } catch (RuntimeException | Error failure) {
                publishing.abort(failure);
            }
        }

        /** The same when it is its turn. */
        @Override
        public void again(GroupPublishes present, PendingPublish publishing) {
            try {
                OperationId operation = operations.next();
                publishing.begin(operation);
                append(present, present.state().epoch(), operation, publishing);
            } catch (RuntimeException | Error failure) {
                publishing.abort(failure);
            }
        }

        private void append(GroupPublishes present, String epoch, OperationId operation, PendingPublish publishing) {
            Groups.Asking asking = request.asking();
            Command publish = new Command.Publish(
                    request.message(),
                    request.topic(),
                    dispatch(present),
                    request.excludeSender(),
                    asking == null ? null : asking.asker(),
                    isAgain());
            AbstractUni.subscribe(log.append(present.state().group(), epoch, publish, operation), publishing);
        }

        /** Whether others were asked with it before. */
        private boolean isAgain() {
            Groups.Asking asking = request.asking();
            return asking != null && !asking.tried().isEmpty();
        }

        private boolean isForOne() {
            return request.spread() == Spread.ONE;
        }

        /** For one member: in the group's serial queue alone. */
        private Dispatch dispatch(GroupPublishes present) {
            if (isForOne()) {
                Dispatch.AnyOf chosen = present.members().chooseOne(request);
                if (chosen.candidates().isEmpty() && isAgain()) {
                    throw GroupException.of(ErrorCode.FAILED_PRECONDITION, "there is nobody else to ask");
                }
                choice = chosen;
                return chosen;
            }
            return dispatch();
        }

        @Override
        public PublishRequest request() {
            return request;
        }

        /** For one member: to the best candidate of the last choice; the log may have chosen another one. */
        @Override
        public Dispatch dispatch() {
            Dispatch.AnyOf last = choice;
            if (last != null) {
                return last.candidates().isEmpty()
                        ? new Dispatch.Nobody()
                        : last.candidates().get(0);
            }
            return request.spread() == Spread.LOCAL ? local : Dispatch.ALL;
        }

        /** Whether it keeps its replica open by itself, and tries the next one when that one is closed. */
        @Override
        public boolean entersAlone() {
            return open == null;
        }

        /** The same, once the group is open in its present epoch. */
        @Override
        public Uni<PublishResult> patiently() {
            return groups.publishing(request.group(), request.missing(), present -> new Publish(present, request));
        }
    }
}
