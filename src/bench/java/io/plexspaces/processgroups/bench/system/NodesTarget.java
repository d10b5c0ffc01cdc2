package io.plexspaces.processgroups.bench.system;

import io.plexspaces.processgroups.bench.load.Subscriber;
import io.plexspaces.processgroups.bench.load.Tally;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Several servers of one store. Subscribers connect to some of them by turns, publishers to some; a server that stands
 * in a list twice gets twice as many.
 */
public record NodesTarget(List<? extends Target> subscribersAt, List<? extends Target> publishersAt) implements Target {
    @Override
    public String name() {
        return "nodes";
    }

    @Override
    public void createGroups(List<String> groups) {
        publishersAt.get(0).createGroups(groups);
    }

    @Override
    public void deleteGroups(List<String> groups) {
        publishersAt.get(0).deleteGroups(groups);
    }

    @Override
    public long cpuNanos() {
        return -1;
    }

    @Override
    public Memory memory() {
        return Memory.UNKNOWN;
    }

    @Override
    public Connections connections(Tally tally) {
        return new ByTurns(tally);
    }

    private final class ByTurns implements Connections {
        private final Tally tally;
        private final Map<Target, Connections> byNode = new IdentityHashMap<>();
        private int subscribers;
        private int publishers;

        ByTurns(Tally tally) {
            this.tally = tally;
        }

        @Override
        public void subscribe(Seat seat, Subscriber subscriber) {
            at(subscribersAt, subscribers++).subscribe(seat, subscriber);
        }

        @Override
        public Publisher publisher(String actor, List<Stream> streams) {
            return at(publishersAt, publishers++).publisher(actor, streams);
        }

        private Connections at(List<? extends Target> nodes, int turn) {
            return byNode.computeIfAbsent(nodes.get(turn % nodes.size()), node -> node.connections(tally));
        }

        @Override
        public void close() {
            byNode.values().forEach(Connections::close);
        }
    }
}
