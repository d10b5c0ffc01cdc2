package io.plexspaces.processgroups.bench.attack;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One thing a hostile client does, again and again until its process ends.
 *
 * @param name on the command line and in the table
 * @param threads that do it at the same time
 * @param step one round; a connection that the server closes ends it with an {@link IOException}
 */
record Attack(String name, int threads, Step step) {
    /** Nothing at all: what the honest clients see without an attack. */
    static final String CONTROL = "none";

    /** One round of an attack. */
    interface Step {
        void run(Victim victim, Ledger ledger) throws IOException;
    }

    static List<Attack> all() {
        List<Attack> all = new ArrayList<>();
        all.add(new Attack(CONTROL, 1, (victim, ledger) -> ledger.rest()));
        all.addAll(Http2Floods.all());
        all.addAll(Http2Holders.all());
        all.addAll(HttpAttacks.all());
        all.addAll(WebSocketAttacks.all());
        all.add(ReconnectStorm.attack());
        all.addAll(GrowingSessions.all());
        all.addAll(StalledClients.all());
        all.addAll(CallAttacks.all());
        return all;
    }
}
