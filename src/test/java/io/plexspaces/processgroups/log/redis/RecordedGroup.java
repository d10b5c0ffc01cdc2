package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.log.GroupReader;
import io.plexspaces.processgroups.log.Snapshot;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a reader receives, and whether there were holes. */
class RecordedGroup implements GroupReader {
    final List<Snapshot> snapshots = new CopyOnWriteArrayList<>();
    final List<Entry> entries = new CopyOnWriteArrayList<>();
    final List<GroupInfo> renamed = new CopyOnWriteArrayList<>();
    final List<String> holes = new CopyOnWriteArrayList<>();
    final List<GroupException> failures = new CopyOnWriteArrayList<>();
    private volatile long offset;

    @Override
    public void snapshot(Snapshot snapshot) {
        snapshots.add(snapshot);
        offset = snapshot.position().offset();
    }

    @Override
    public void goesOn(GroupInfo group) {
        renamed.add(group);
    }

    @Override
    public void entry(Entry entry) {
        if (entry.offset() != offset + 1 && !(entry instanceof Entry.Deleted)) {
            holes.add(entry.offset() + " after " + offset);
        }
        entries.add(entry);
        offset = entry.offset();
    }

    @Override
    public void failed(GroupException cause) {
        failures.add(cause);
    }

    long offset() {
        return offset;
    }

    Snapshot last() {
        return snapshots.get(snapshots.size() - 1);
    }

    /** Rebuilt from the last snapshot and what was received since. */
    Map<ActorId, Membership> members() {
        Map<ActorId, Membership> members = new HashMap<>();
        last().members().forEach(member -> members.put(member.actor(), member));
        for (Entry entry : entries) {
            if (entry.offset() <= last().position().offset()) {
                continue;
            }
            if (entry instanceof Entry.Joined joined) {
                members.put(joined.membership().actor(), joined.membership());
            } else if (entry instanceof Entry.Left left && left.membership() == null) {
                members.remove(left.actor());
            } else if (entry instanceof Entry.Left left) {
                members.put(left.actor(), left.membership());
            }
        }
        return members;
    }

    List<String> texts() {
        return entries.stream()
                .filter(Entry.Published.class::isInstance)
                .map(entry ->
                        new String(((Entry.Published) entry).message().payload().array(), StandardCharsets.UTF_8))
                .toList();
    }
}
