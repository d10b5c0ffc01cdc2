package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.Groups.PublishRequest;
import io.plexspaces.processgroups.core.Groups.PublishResult;
import io.plexspaces.processgroups.core.Groups.Spread;
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

/** Publishing. Every message comes this way: in a group that is open and stays so, it costs few objects and no operators. */
final class Publishes {
    private static final int CHOICES = 10;

    private final GroupLog log;
    private final Replicas replicas;
    private final Operations operations;
    private final NodeId self;

    Publishes(GroupLog log, Replicas replicas, Operations operations, NodeId self) {
        this.log = log;
        this.replicas = replicas;
        this.operations = operations;
        this.self = self;
    }

    Uni<PublishResult> publish(PublishRequest request) {
        if (request.spread() == Spread.ONE) {
            return replicas.with(request.group(), replica -> toOne(replica, request));
        }
        Dispatch dispatch = request.spread() == Spread.LOCAL ? new Dispatch.OnNode(self) : Dispatch.ALL;
        return new Publish(null, request, dispatch);
    }

    /** The one chosen may leave before the message has its offset: then another one is chosen. */
    private Uni<PublishResult> toOne(GroupReplica replica, PublishRequest request) {
        return replica.chooseOne(request)
                .chain(one -> new Publish(replica, request, one))
                .onFailure(Publishes::isNotAMember)
                .retry()
                .atMost(CHOICES);
    }

    private static boolean isNotAMember(Throwable failure) {
        return failure instanceof GroupException expected && expected.code() == ErrorCode.NOT_A_MEMBER;
    }

    /** Publishes a message each time it is subscribed to. */
    final class Publish extends AbstractUni<PublishResult> {
        private final @Nullable GroupReplica replica;
        private final PublishRequest request;
        private final Dispatch dispatch;

        /** @param replica kept open by whoever subscribes, who also sees to it when it is in another life; null: one is to be found */
        Publish(@Nullable GroupReplica replica, PublishRequest request, Dispatch dispatch) {
            this.replica = replica;
            this.request = request;
            this.dispatch = dispatch;
        }

        @Override
        public void subscribe(UniSubscriber<? super PublishResult> answer) {
            GroupReplica present = replica == null ? replicas.enter(request.group()) : replica;
            if (present == null) {
                AbstractUni.subscribe(patiently(), answer);
                return;
            }
            Publishing publishing = new Publishing(present, this, answer);
            answer.onSubscribe(publishing);
            begin(present, publishing);
        }

        /** Gives the message to the log; or it waits for its turn, when another one may have to go first. */
        private void begin(GroupReplica present, Publishing publishing) {
            try {
                OperationId operation = operations.next();
                publishing.begin(operation);
                // Whoever still sees the life before is known by now, and whoever sees the next one finds the turns
                // held.
                String epoch = present.epoch();
                while (present.usage().isHeld()) {
                    if (present.addToTurns(publishing)) {
                        return;
                    }
                    epoch = present.epoch();
                }
                append(present, epoch, operation, publishing);
            } catch (RuntimeException failure) {
                publishing.abort(failure);
            }
        }

        /** The same when it is its turn. */
        void again(GroupReplica present, Publishing publishing) {
            try {
                OperationId operation = operations.next();
                publishing.begin(operation);
                append(present, present.epoch(), operation, publishing);
            } catch (RuntimeException failure) {
                publishing.abort(failure);
            }
        }

        private void append(GroupReplica present, String epoch, OperationId operation, Publishing publishing) {
            Command publish =
                    new Command.Publish(request.message(), request.topic(), dispatch, request.excludeSender());
            AbstractUni.subscribe(log.append(present.group(), epoch, publish, operation), publishing);
        }

        Groups.Recipients wanted() {
            return request.recipients();
        }

        PublishRequest request() {
            return request;
        }

        Dispatch dispatch() {
            return dispatch;
        }

        /** Whether it has entered its replica for itself, and tries the next one when that one is closed. */
        boolean entersAlone() {
            return replica == null;
        }

        /** Whether it can be made in another life of its group; one for a chosen member is for that member's life alone. */
        boolean fitsAnyLife() {
            return request.spread() != Spread.ONE;
        }

        /** The same, once the group is open in the life that it is in. */
        Uni<PublishResult> patiently() {
            return replicas.with(request.group(), open -> new Publish(open, request, dispatch));
        }
    }
}
