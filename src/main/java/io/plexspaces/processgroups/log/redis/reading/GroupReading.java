package io.plexspaces.processgroups.log.redis.reading;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.GroupReader;
import io.plexspaces.processgroups.log.Snapshot;
import io.plexspaces.processgroups.log.redis.codec.Entries;
import io.plexspaces.processgroups.log.redis.codec.Times;
import io.plexspaces.processgroups.log.redis.codec.UnreadableException;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.plexspaces.processgroups.log.redis.store.Unreadables;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One reader of one group: gives it a snapshot, then every entry, in order. Announcements of the channel bring new
 * entries. What the channel did not bring is read from the log; what is no longer there, or cannot be read, becomes a
 * new snapshot. A group whose members cannot be read is not read at all.
 *
 * <p>How a reading catches up after a loss (its states are those of {@link Reading}):
 *
 * <pre>{@code
 *   LIVE --the next offset is announced--> the entry is delivered, still LIVE
 *   LIVE --an announcement with a hole before it, or of another epoch
 *        --an announcement that cannot be read, or a new subscription of the channel
 *        --PositionCheck finds the log ahead, or under another epoch
 *           |
 *           v
 *   READING: tail.lua compares the reading's epoch, offset and last time with the log, and answers
 *           |
 *           +--S: the log continues --------------> the missed entries (trimmed: a new snapshot)
 *           |     with a new epoch at an offset --> the same, and GroupReader.goesOn at that offset
 *           +--D: the group was deleted ----------> its last entry, then ENDED
 *           +--R: another epoch ------------------> a new snapshot
 *           +--F: the epoch, but another log -----> fork.lua gives a new epoch, then a new snapshot
 *           +--N: no group, but not deleted ------> the group is created again, then a new snapshot
 * }</pre>
 *
 * <p>F and N mean that the store has lost entries: it was restored from an older state, or a replica without the last
 * writes took over. One node repairs that; the others read the new epoch.
 *
 * <p>One file, as it is one state machine: each step depends on where the reading is.
 */
public final class GroupReading extends Reading {
    private static final System.Logger LOG = System.getLogger(GroupReading.class.getName());

    /** How long an announcement may still be under way after a check has seen its position. */
    private static final long UNDER_WAY_MILLIS = 250;

    private static final int MANY_MEMBERS = 5_000;

    /** Of what was missed, before clients get a moment to take it: a quarter of what may wait for one. */
    private static final int PORTION_BYTES = 256 * 1024;

    private static final long PORTION_PAUSE_MILLIS = 5;
    private static final int CHANGE_WEIGHT = 256;

    private final GroupFeed feed;
    private final GroupReader reader;
    private final GroupAccess access;
    private final OperationId mender;
    private final Kept kept = new Kept();

    /** The first announcement of another epoch than the known one; null: none since the last read. */
    private Entries.@Nullable Announcement strange;

    private @Nullable GroupInfo info;
    private long offset;

    /** The entry at {@link #offset}; null right after a snapshot. */
    private @Nullable Entry last;

    /** Time of the entry at the last snapshot's position, as scripts write it; empty: not known. */
    private String begun = "";

    /** Of the server the log was last read from; empty: not known. */
    private String lineage = "";

    /** @param mender identifies the writes that repair the group after the store has lost it */
    public GroupReading(GroupFeed feed, GroupReader reader, GroupAccess access, OperationId mender) {
        super("the group", feed.serial, access::later);
        this.feed = feed;
        this.reader = reader;
        this.access = access;
        this.mender = mender;
    }

    @Override
    void listening() {
        guarded(() -> {
            if (state == State.WAITING) {
                load();
            } else {
                missedSome();
            }
        });
    }

    @Override
    void unheard() {
        guarded(this::missedSome);
    }

    private void missedSome() {
        if (state == State.LIVE) {
            catchUp();
        } else if (state == State.READING) {
            kept.lost();
        }
    }

    /** How many entries of the log it has not delivered, when the log ends there. */
    long behind(String epoch, long end) {
        if (info == null) {
            return 0;
        }
        return epoch.equals(epoch()) ? Math.max(0, end - offset) : end;
    }

    void seen(String epoch, long end) {
        guarded(() -> {
            if (state != State.LIVE) {
                return;
            }
            if (!epoch.equals(epoch())) {
                catchUp();
            } else if (end != offset) {
                long before = offset;
                later(UNDER_WAY_MILLIS, () -> stillAt(before));
            } else {
                nothingIsMissing();
            }
        });
    }

    /**
     * A reading that has moved on receives announcements, and would see a hole; one that has not moved has missed
     * something. To ask the store before that is known would be wrong on a busy log: it may trim entries whose
     * announcements are about to arrive.
     */
    private void stillAt(long before) {
        if (state == State.LIVE && offset == before) {
            catchUp();
        }
    }

    void announced(Entries.Announcement announced) {
        if (state == State.LIVE) {
            guarded(() -> apply(announced));
        } else if (state == State.READING) {
            kept.add(announced);
        }
    }

    private void apply(Entries.Announcement announced) {
        if (!announced.epoch().equals(epoch())) {
            strange = announced;
            catchUp();
            return;
        }
        for (Entry entry : announced.entries()) {
            if (state != State.LIVE) {
                return;
            }
            if (entry.offset() == offset + 1) {
                isTold(entry);
            } else if (entry.offset() > offset) {
                catchUp();
            }
        }
    }

    /**
     * False: nothing follows, or it is a change that cannot be read: then the members are read again, which include it.
     */
    private boolean isTold(Entry entry) {
        if (entry instanceof Entry.Unreadable unreadable) {
            access.unreadable(feed.group(), "entry " + unreadable.offset() + ", " + unreadable.why());
            if (!unreadable.message()) {
                state = State.READING;
                again(this::load);
                return false;
            }
        }
        tell(entry);
        return state != State.ENDED;
    }

    private void load() {
        state = State.READING;
        access.open(feed.group()).onComplete(done -> {
            if (done.succeeded() && done.result().filter(GroupReading::isLarge).isPresent()) {
                aside(() -> opened(done));
            } else {
                ifOpen(() -> opened(done));
            }
        });
    }

    /** Not from within the queue: the thread at work there would run it, too. */
    private void aside(Runnable step) {
        try {
            access.aside(() -> ifOpen(step));
        } catch (RuntimeException | Error refused) {
            ifOpen(step);
        }
    }

    /** What follows from so many members takes longer than the answers to others should wait for. */
    private static boolean isLarge(GroupAccess.Opened found) {
        return found.snapshot().members().size() > MANY_MEMBERS;
    }

    private void opened(AsyncResult<Optional<GroupAccess.Opened>> done) {
        Optional<GroupAccess.Opened> found = done.succeeded() ? done.result() : Optional.empty();
        if (found.isPresent()) {
            loaded(found.get());
        } else if (done.failed() && (info == null || !isOfTheStore(done.cause()))) {
            end(access.told(feed.group(), done.cause()));
        } else if (info == null) {
            end(GroupException.groupNotFound(feed.group()));
        } else {
            again(this::catchUp);
        }
    }

    /** The store is away, or has too much to do: that passes. Anything else would come again each time. */
    private static boolean isOfTheStore(Throwable failure) {
        return failure instanceof GroupException;
    }

    private void loaded(GroupAccess.Opened found) {
        Snapshot snapshot = found.snapshot();
        if (info != null && epoch().equals(snapshot.info().epoch()) && !isOf(found.lineage())) {
            // Another server than the one that answered before: it may not have this log, so compare first.
            catchUp();
            return;
        }
        Snapshot said = info != null && found.goesOnFrom(new Position(epoch(), offset)) ? snapshot.goingOn() : snapshot;
        info = snapshot.info();
        offset = snapshot.position().offset();
        last = null;
        begun = found.last();
        lineage = found.lineage();
        call(() -> reader.snapshot(said));
        complete();
        live();
    }

    private boolean isOf(String server) {
        return lineage.isEmpty() || lineage.equals(server);
    }

    private void live() {
        state = State.LIVE;
        Entries.Announcement first = strange;
        strange = null;
        if (first != null && first.epoch().equals(epoch())) {
            apply(first);
        }
        Entries.Announcement next = state == State.LIVE ? kept.poll() : null;
        while (next != null) {
            if (Kept.isLost(next)) {
                // Before the announcements that came since: they may be of another log, which only the store knows.
                catchUp();
            } else {
                apply(next);
            }
            next = state == State.LIVE ? kept.poll() : null;
        }
    }

    private void catchUp() {
        state = State.READING;
        Entry known = last;
        String time = known == null ? begun : Long.toString(Times.micros(known.at()));
        access.tail(feed.group(), new Position(epoch(), offset), time, lineage)
                .onComplete(done -> ifOpen(() -> {
                    if (done.failed()) {
                        if (isOfTheStore(done.cause())) {
                            again(this::catchUp);
                        } else {
                            end(done.cause());
                        }
                        return;
                    }
                    try {
                        caughtUp(done.result());
                    } catch (UnreadableException unreadable) {
                        access.unreadable(feed.group(), Unreadables.reason(unreadable));
                        again(this::load);
                    }
                }));
    }

    private void caughtUp(Response said) {
        switch (said.get(0).toString()) {
            case "S" -> {
                lineage = said.get(5).toString();
                String epoch = said.get(6).toString();
                Position till = epoch.equals(epoch()) ? null : new Position(epoch, Store.number(said.get(7)));
                missed(
                        Store.number(said.get(1)),
                        till,
                        access.entries(said.get(2)),
                        access.entries(said.get(3)),
                        offset);
            }
            case "D" -> tell(last(said.get(1).toBytes()));
            case "F" -> mend(access.fork(feed.group(), epoch()));
            case "N" -> mend(access.revive(Objects.requireNonNull(info), mender));
            default -> load();
        }
    }

    /** The group is deleted, even if the tombstone cannot be read. */
    private Entry last(byte[] tombstone) {
        try {
            if (Entries.parse(tombstone) instanceof Entry.Deleted deleted) {
                return deleted;
            }
        } catch (UnreadableException unreadable) {
            access.unreadable(feed.group(), Unreadables.reason(unreadable));
        }
        Instant at = last == null ? Objects.requireNonNull(info).createdAt() : last.at();
        return new Entry.Deleted(offset + 1, at, mender);
    }

    /**
     * Both lists are in order and may be cut short; together they have no hole unless the log was trimmed. They are
     * delivered in portions: all at once would fill the queue of a client that reads as fast as it can.
     *
     * @param before where this reading was when it asked
     * @param till from here on the log continues under that epoch; null: under the one that is known
     */
    private void missed(long end, @Nullable Position till, List<Entry> messages, List<Entry> changes, long before) {
        int nextMessage = 0;
        int nextChange = 0;
        long told = 0;
        boolean more = true;
        while (more) {
            goOn(till);
            Entry next = null;
            if (nextMessage < messages.size() && messages.get(nextMessage).offset() == offset + 1) {
                next = messages.get(nextMessage++);
            } else if (nextChange < changes.size() && changes.get(nextChange).offset() == offset + 1) {
                next = changes.get(nextChange++);
            }
            if (next != null && !isTold(next)) {
                return;
            }
            more = next != null;
            told += next instanceof Entry.Published published
                    ? published.message().weight()
                    : CHANGE_WEIGHT;
            if (told > PORTION_BYTES && nextMessage < messages.size()) {
                List<Entry> messagesLeft = messages.subList(nextMessage, messages.size());
                List<Entry> changesLeft = changes.subList(nextChange, changes.size());
                later(PORTION_PAUSE_MILLIS, () -> missed(end, till, messagesLeft, changesLeft, before));
                return;
            }
        }
        if (offset >= end || isKept(offset + 1)) {
            live();
        } else if (offset > before) {
            later(PORTION_PAUSE_MILLIS, this::catchUp);
        } else {
            load();
        }
    }

    /** Everything delivered up to {@code till} is part of the log that continues under its epoch. */
    private void goOn(@Nullable Position till) {
        GroupInfo known = Objects.requireNonNull(info);
        if (till == null || offset != till.offset() || till.epoch().equals(known.epoch())) {
            return;
        }
        GroupInfo renamed =
                new GroupInfo(known.id(), known.spec(), till.epoch(), known.createdAt(), known.memberCount());
        info = renamed;
        call(() -> reader.goesOn(renamed));
    }

    /** An announcement that came meanwhile has the entry, which the log may not have kept. */
    private boolean isKept(long wanted) {
        return Stream.concat(Stream.ofNullable(strange), kept.stream())
                .filter(announced -> announced.epoch().equals(epoch()))
                .flatMap(announced -> announced.entries().stream())
                .anyMatch(entry -> entry.offset() == wanted);
    }

    /** The store has lost entries; once that is repaired, the group is read again. */
    private void mend(Future<Void> mending) {
        mending.onComplete(done -> ifOpen(() -> {
            if (done.succeeded()) {
                load();
            } else {
                LOG.log(System.Logger.Level.WARNING, "a lost group is not mended yet", done.cause());
                again(this::catchUp);
            }
        }));
    }

    private void tell(Entry entry) {
        offset = entry.offset();
        last = entry;
        call(() -> reader.entry(entry));
        if (entry instanceof Entry.Deleted) {
            end(null);
        }
    }

    @Override
    void release() {
        kept.clear();
        if (feed.remove(this)) {
            access.release(feed.group());
        }
    }

    @Override
    void tellFailed(GroupException cause) {
        reader.failed(cause);
    }

    private String epoch() {
        return Objects.requireNonNull(info).epoch();
    }
}
