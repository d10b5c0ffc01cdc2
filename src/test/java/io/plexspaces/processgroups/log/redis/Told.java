package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.log.GroupReader;
import io.plexspaces.processgroups.log.Snapshot;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a reader is told, and whether there were holes. */
final class Told implements GroupReader {
    final List<Snapshot> snapshots = new CopyOnWriteArrayList<>();
    final List<Entry> entries = new CopyOnWriteArrayList<>();
    final List<String> holes = new CopyOnWriteArrayList<>();
    private volatile long offset;

    @Override
    public void snapshot(Snapshot snapshot) {
        snapshots.add(snapshot);
        offset = snapshot.position().offset();
    }

    @Override
    public void entry(Entry entry) {
        if (entry.offset() != offset + 1) {
            holes.add(entry.offset() + " after " + offset);
        }
        entries.add(entry);
        offset = entry.offset();
    }

    long offset() {
        return offset;
    }

    Snapshot last() {
        return snapshots.get(snapshots.size() - 1);
    }

    List<String> texts() {
        return entries.stream()
                .filter(Entry.Published.class::isInstance)
                .map(entry ->
                        new String(((Entry.Published) entry).message().payload().array(), StandardCharsets.UTF_8))
                .toList();
    }
}
