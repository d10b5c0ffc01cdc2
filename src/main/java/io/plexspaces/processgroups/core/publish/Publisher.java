package io.plexspaces.processgroups.core.publish;

import io.plexspaces.processgroups.core.Groups.PublishRequest;
import io.plexspaces.processgroups.core.Groups.PublishResult;
import io.plexspaces.processgroups.core.Groups.Spread;
import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.GroupLog;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.operators.AbstractUni;
import io.smallrye.mutiny.subscription.UniSubscriber;
import org.jspecify.annotations.Nullable;

/**
 * Publishing. Every message comes this way: in a group that is open and stays so, it costs few objects and no
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
         * @param open kept open by whoever subscribes, who also sees to it when it is in another life; null: one is
         * to be found
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
         * Gives the message to the log. One for one member goes there through the group's serial queue, which alone may
         * choose; and so do all that come before it has: a publisher's messages get their offsets in the order in which
         * it sent them.
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

        /** Or it waits for its turn, when another one may have to go first. */
        private void give(GroupPublishes present, PendingPublish publishing, OperationId operation) {
            try {
                // Whoever still sees the life before is known by now, and whoever sees the next one finds the turns
                // held.
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
            Command publish =
                    new Command.Publish(request.message(), request.topic(), dispatch(present), request.excludeSender());
            AbstractUni.subscribe(log.append(present.state().group(), epoch, publish, operation), publishing);
        }

        private boolean isForOne() {
            return request.spread() == Spread.ONE;
        }

        /** For one member: in the group's serial queue alone. */
        private Dispatch dispatch(GroupPublishes present) {
            if (isForOne()) {
                Dispatch.AnyOf chosen = present.members().chooseOne(request);
                choice = chosen;
                return chosen;
            }
            return dispatch();
        }

        @Override
        public PublishRequest request() {
            return request;
        }

        /** For one member: to the best candidate of the last choice; the log may have settled on another one. */
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

        /** Whether it has entered its group for itself, and tries the next one when that one is closed. */
        @Override
        public boolean entersAlone() {
            return open == null;
        }

        /** The same, once the group is open in the life that it is in. */
        @Override
        public Uni<PublishResult> patiently() {
            return groups.publishing(request.group(), present -> new Publish(present, request));
        }
    }
}
