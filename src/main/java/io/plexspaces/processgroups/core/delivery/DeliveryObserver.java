package io.plexspaces.processgroups.core.delivery;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.OverflowPolicy;

/** Is notified of what becomes of deliveries, in sums rather than one by one. Called on event loops: must be quick. */
public interface DeliveryObserver {
    /** Events were handed to transports. */
    void delivered(long events);

    /** Messages went from full mailboxes; with DISCONNECT, all those that waited when the connection was cut. */
    void dropped(OverflowPolicy policy, long messages);

    /** A gap was sent to a subscriber. */
    void gap();

    /** The server ended a connection. */
    void cut(ErrorCode cause);

    /** Observes nothing. */
    DeliveryObserver NONE = new DeliveryObserver() {
        @Override
        public void delivered(long events) {}

        @Override
        public void dropped(OverflowPolicy policy, long messages) {}

        @Override
        public void gap() {}

        @Override
        public void cut(ErrorCode cause) {}
    };
}
