package io.plexspaces.processgroups.bench;

import io.plexspaces.processgroups.bench.load.Subscriber;
import io.plexspaces.processgroups.bench.load.Tally;
import io.plexspaces.processgroups.bench.system.Seat;
import io.plexspaces.processgroups.bench.system.Stream;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.util.ArrayList;
import java.util.List;

/**
 * Who publishes what to whom.
 *
 * @param publishers connections that share the streams by turns
 */
record Topology(List<String> groups, List<Place> places, List<Stream> streams, int publishers) {
    private static final int TOPIC_ROOTS = 50;

    /**
     * A seat, and the streams its subscriber gets.
     *
     * @param wanted by the stream's id, less {@code firstStream}
     */
    record Place(Seat seat, int firstStream, boolean[] wanted) {
        Subscriber subscriber(Tally tally) {
            return new Subscriber(
                    tally, firstStream, wanted.length, stream -> wanted[stream - firstStream], seat.presence());
        }
    }

    /** {@code subscribers} in each of {@code groups}, without topics. */
    static Topology groups(String prefix, int groups, int subscribers, int publishers) {
        List<String> names = new ArrayList<>();
        List<Place> places = new ArrayList<>();
        List<Stream> streams = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            String name = prefix + "-" + group;
            names.add(name);
            streams.add(new Stream(group, name, null, subscribers, false));
            for (int i = 0; i < subscribers; i++) {
                places.add(new Place(
                        new Seat(name, "s" + group + "-" + i, List.of(), false), group, new boolean[] {true}));
            }
        }
        return new Topology(names, places, streams, publishers);
    }

    /** One group whose subscribers see who comes and goes; messages and joins by turns, each by a publisher. */
    static Topology presence(String prefix, int subscribers) {
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < subscribers; i++) {
            places.add(new Place(new Seat(prefix, "s" + i, List.of(), true), 0, new boolean[] {true, true}));
        }
        List<Stream> streams = List.of(
                new Stream(0, prefix, null, subscribers, false), new Stream(1, prefix, null, subscribers, true));
        return new Topology(List.of(prefix), places, streams, 2);
    }

    /** One group, 100 topics {@code t.N.x} and {@code t.N.y}, and subscribers with patterns of several kinds. */
    static Topology topics(String prefix, int subscribers) {
        String group = prefix + "-topics";
        List<Topic> topics = new ArrayList<>();
        for (int root = 0; root < TOPIC_ROOTS; root++) {
            topics.add(new Topic("t." + root + ".x"));
            topics.add(new Topic("t." + root + ".y"));
        }
        int[] recipients = new int[topics.size()];
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < subscribers; i++) {
            String pattern = pattern(i);
            TopicFilter filter = TopicFilter.of(List.of(pattern));
            boolean[] wanted = new boolean[topics.size()];
            for (int topic = 0; topic < wanted.length; topic++) {
                wanted[topic] = filter.accepts(topics.get(topic));
                recipients[topic] += wanted[topic] ? 1 : 0;
            }
            places.add(new Place(new Seat(group, "s" + i, List.of(pattern), false), 0, wanted));
        }
        List<Stream> streams = new ArrayList<>();
        for (int topic = 0; topic < topics.size(); topic++) {
            streams.add(new Stream(topic, group, topics.get(topic).value(), recipients[topic], false));
        }
        return new Topology(List.of(group), places, streams, 1);
    }

    private static String pattern(int subscriber) {
        return switch (subscriber % 8) {
            case 0, 1 -> "t.*.x";
            case 2, 3 -> "t.*.y";
            case 4 -> "t.>";
            default -> "t." + subscriber % TOPIC_ROOTS + ".*";
        };
    }

    /** The most deliveries one message can make. */
    int widest() {
        return streams.stream().mapToInt(Stream::recipients).max().orElse(1);
    }
}
