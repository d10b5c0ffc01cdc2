package io.plexspaces.processgroups.log.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The open readings of one thing, in the order they came. Belongs to the serial queue of that thing.
 *
 * @param <R> the kind of reader
 */
final class Readings<R> {
    private List<Reading<R>> open = List.of();

    boolean isEmpty() {
        return open.isEmpty();
    }

    void add(Reading<R> reading) {
        List<Reading<R>> more = new ArrayList<>(open);
        more.add(reading);
        open = List.copyOf(more);
    }

    void remove(Reading<R> reading) {
        List<Reading<R>> rest = new ArrayList<>(open);
        if (rest.remove(reading)) {
            open = List.copyOf(rest);
        }
    }

    void clear() {
        open = List.of();
    }

    void tell(Consumer<R> call) {
        List<Reading<R>> told = open;
        for (int i = 0; i < told.size(); i++) {
            told.get(i).tell(call);
        }
    }
}
