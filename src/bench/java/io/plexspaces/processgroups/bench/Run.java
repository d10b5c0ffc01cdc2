package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.load.Faults;
import io.plexspaces.processgroups.bench.load.Subscriber;
import io.plexspaces.processgroups.bench.load.Tally;
import io.plexspaces.processgroups.bench.system.Connections;
import io.plexspaces.processgroups.bench.system.Publisher;
import io.plexspaces.processgroups.bench.system.Stream;
import io.plexspaces.processgroups.bench.system.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One run of a topology on a target: subscribers and publishers connected, each message numbered, every delivery
 * checked.
 */
final class Run implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int CONNECTING = 64;

    private final Target target;
    private final Topology topology;
    private final Tally tally = new Tally();
    private final Connections connections;
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final List<Publisher> publishers = new ArrayList<>();
    private final int[] published;
    private long publishes;

    /** Publishes that have answers: a join has none. */
    private long answered;

    private long expected;
    private int nextStream;

    Run(Target target, Topology topology) {
        this.target = target;
        this.topology = topology;
        this.published = new int[topology.streams().size()];
        target.createGroups(topology.groups());
        this.connections = target.connections(tally);
    }

    Tally tally() {
        return tally;
    }

    /** Deliveries that all publishes until now come to. */
    long expected() {
        return expected;
    }

    /** Messages published until now. */
    long publishes() {
        return publishes;
    }

    /** @return false: not all subscriptions began; the tally may know why */
    boolean subscribe() {
        for (Topology.Place place : topology.places()) {
            Subscriber subscriber = place.subscriber(tally);
            connections.subscribe(place.seat(), subscriber);
            subscribers.add(subscriber);
            if (!tally.await(tally::ready, subscribers.size() - CONNECTING, PATIENCE)) {
                return false;
            }
        }
        return tally.await(tally::ready, subscribers.size(), PATIENCE);
    }

    void connectPublishers() {
        int count = topology.publishers();
        for (int i = 0; i < count; i++) {
            List<Stream> own = new ArrayList<>();
            for (Stream stream : topology.streams()) {
                if (stream.id() % count == i) {
                    own.add(stream);
                }
            }
            publishers.add(connections.publisher("publisher-" + i, own));
        }
    }

    /** Publishes the next message, to the next stream by turns. */
    void publish(long due) {
        Stream stream = topology.streams().get(nextStream);
        nextStream = (nextStream + 1) % published.length;
        publishers.get(stream.id() % publishers.size()).publish(stream, published[stream.id()]++, due);
        expected += stream.recipients();
        publishes++;
        if (!stream.joins()) {
            answered++;
        }
    }

    void flush() {
        publishers.forEach(Publisher::flush);
    }

    /** Waits until everything is delivered, or nothing comes any more. */
    void drain() {
        long before = -1;
        while (tally.received() > before && tally.received() < expected && tally.failures() == 0) {
            before = tally.received();
            tally.await(tally::received, expected, PATIENCE);
        }
        if (tally.answers() > 0) {
            tally.await(tally::answers, answered, PATIENCE);
        }
    }

    /** What is wrong with the run; to be called when it has been drained. */
    List<String> failures() {
        tally.over();
        Faults faults = Faults.NONE;
        for (Subscriber subscriber : subscribers) {
            faults = faults.plus(subscriber.faults(stream -> published[stream]));
        }
        List<String> failures = new ArrayList<>();
        if (tally.failures() > 0) {
            failures.add(tally.failures() + " failures, first: "
                    + tally.firstFailures().get(0));
        }
        if (tally.answers() > 0 && tally.answers() != answered) {
            failures.add(tally.answers() + " answers to " + answered + " publishes");
        }
        if (!faults.isNone()) {
            failures.add(faults.toString());
        }
        return failures;
    }

    @Override
    public void close() {
        tally.over();
        connections.close();
        target.deleteGroups(topology.groups());
    }
}
