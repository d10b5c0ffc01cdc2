package io.plexspaces.processgroups.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Membership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a reader of one group receives, and rebuilds the group from it. */
final class Recorder implements GroupReader {
    final List<Entry> entries = Collections.synchronizedList(new ArrayList<>());
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final Map<ActorId, Membership> members = new HashMap<>();
    private volatile Snapshot first;
    private volatile long offset;
    private volatile boolean deleted;

    @Override
    public synchronized void snapshot(Snapshot snapshot) {
        if (first == null) {
            first = snapshot;
        }
        members.clear();
        snapshot.members().forEach(member -> members.put(member.actor(), member));
        offset = snapshot.position().offset();
    }

    @Override
    public void goesOn(GroupInfo renamed) {
        violations.add("goes on as " + renamed.epoch());
    }

    @Override
    public synchronized void entry(Entry entry) {
        if (deleted) {
            violations.add("after the end: " + entry);
        }
        if (entry.offset() != offset + 1 && !isLateEnd(entry)) {
            violations.add(entry.offset() + " after " + offset);
        }
        apply(entry);
        entries.add(entry);
        offset = entry.offset();
    }

    /** What stood between is gone with the group, as {@code GroupReader} says. */
    private boolean isLateEnd(Entry entry) {
        return entry instanceof Entry.Deleted && entry.offset() > offset;
    }

    private void apply(Entry entry) {
        if (entry instanceof Entry.Joined joined) {
            if (joined.first() == members.containsKey(joined.membership().actor())) {
                violations.add("first is wrong: " + entry);
            }
            members.put(joined.membership().actor(), joined.membership());
        } else if (entry instanceof Entry.Left left) {
            if (!members.containsKey(left.actor())) {
                violations.add("left, but was no member: " + entry);
            }
            if (left.membership() == null) {
                members.remove(left.actor());
            } else {
                members.put(left.actor(), left.membership());
            }
        } else if (entry instanceof Entry.Deleted) {
            deleted = true;
        }
    }

    @Override
    public void failed(GroupException cause) {
        violations.add("failed: " + cause);
    }

    Snapshot first() {
        return first;
    }

    boolean isDeleted() {
        return deleted;
    }

    /** Waits until everything up to the answer was received, and checks its order. */
    Recorder upTo(Appended answer) {
        return upTo(answer.position().offset());
    }

    Recorder upTo(long expected) {
        if (offset < expected) {
            await().atMost(Duration.ofSeconds(20)).until(() -> offset >= expected);
        }
        assertThat(violations).isEmpty();
        return this;
    }

    void assertOrdered() {
        assertThat(violations).isEmpty();
    }

    synchronized Map<ActorId, Membership> members() {
        return Map.copyOf(members);
    }

    Entry last() {
        return entries.get(entries.size() - 1);
    }

    <T extends Entry> List<T> only(Class<T> kind) {
        return entries.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
