package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.GroupReader;
import io.plexspaces.processgroups.log.Snapshot;
import io.plexspaces.processgroups.log.Tail;
import io.plexspaces.processgroups.log.redis.codec.Entries;
import io.plexspaces.processgroups.log.redis.codec.Times;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Response;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One reader of one group: tells it the snapshot, then every entry, in order. What the channel did not bring is read from the log;
 * what is no longer there becomes a new snapshot. Belongs to the serial queue of its feed.
 */
final class GroupReading implements Feed.Reading, Tail {
    private static final System.Logger LOG = System.getLogger(GroupReading.class.getName());

    /** Entries kept while a read is under way; when more come, they are read again. */
    private static final int MOST_KEPT = 20_000;

    private static final long PAUSE_MILLIS = 100;

    /** How long an announcement may be under way while the position it leads to is known already. */
    private static final long UNDER_WAY_MILLIS = 250;

    private final GroupFeed feed;
    private final GroupReader reader;
    private final GroupAccess access;
    private final OperationId mender;
    private final Promise<Tail> opened = Promise.promise();
    private final Queue<Entries.Announcement> kept = new ArrayDeque<>();

    /** Of another epoch than is known; null: none since the last read. */
    private Entries.@Nullable Announcement strange;

    private int keptEntries;
    private boolean overflowed;
    private State state = State.WAITING;
    private @Nullable GroupInfo info;
    private long offset;

    /** The entry at {@link #offset}; null right after a snapshot. */
    private @Nullable Entry last;

    /** Time of the entry at the last snapshot's position, as scripts write it; empty: not known. */
    private String begun = "";

    /** Of the server the log was last read from; empty: not known. */
    private String lineage = "";

    private volatile boolean closed;

    private enum State {
        /** For the channel to be heard. */
        WAITING,
        /** A read is under way; announcements are kept for afterwards. */
        READING,
        LIVE,
        ENDED
    }

    /** @param mender signs what is written when the store has lost the group */
    GroupReading(GroupFeed feed, GroupReader reader, GroupAccess access, OperationId mender) {
        this.feed = feed;
        this.reader = reader;
        this.access = access;
        this.mender = mender;
    }

    /** Completes when the reader has its first snapshot. */
    Future<Tail> opened() {
        return opened.future();
    }

    /** Gives up if the channel is not heard by now. */
    void giveUpWaiting() {
        feed.serial.execute(() -> {
            if (state == State.WAITING) {
                end(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "the store does not answer; try again later"));
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        feed.serial.execute(() -> end(null));
    }

    // ---- in the serial queue

    @Override
    public void listening() {
        if (state == State.WAITING) {
            load();
        } else if (state == State.LIVE) {
            catchUp();
        } else {
            overflowed = true;
        }
    }

    /** How many entries of the log it has not told, when the log ends there. */
    long behind(String epoch, long end) {
        if (info == null) {
            return 0;
        }
        return epoch.equals(epoch()) ? Math.max(0, end - offset) : end;
    }

    void seen(String epoch, long end) {
        if (state != State.LIVE) {
            return;
        }
        if (!epoch.equals(epoch())) {
            catchUp();
        } else if (end != offset) {
            long before = offset;
            later(UNDER_WAY_MILLIS, () -> stillAt(before));
        }
    }

    /**
     * A reading that has gone on hears what is announced, and would see a hole; one that has not missed something. To ask before
     * that is known would be wrong on a busy log: it trims what this reading is about to hear.
     */
    private void stillAt(long before) {
        if (state == State.LIVE && offset == before) {
            catchUp();
        }
    }

    void announced(Entries.Announcement announced) {
        if (state == State.LIVE) {
            apply(announced);
        } else if (state == State.READING) {
            keptEntries += announced.entries().size() + 1;
            if (keptEntries > MOST_KEPT) {
                kept.clear();
                overflowed = true;
            } else {
                kept.add(announced);
            }
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
                tell(entry);
            } else if (entry.offset() > offset) {
                catchUp();
            }
        }
    }

    private void load() {
        state = State.READING;
        access.open(feed.group(), reached -> {})
                .onComplete(done -> feed.serial.execute(() -> {
                    if (state == State.ENDED) {
                        return;
                    }
                    Optional<GroupAccess.Opened> found = done.succeeded() ? done.result() : Optional.empty();
                    if (found.isPresent()) {
                        loaded(found.get());
                    } else if (info == null) {
                        end(done.failed() ? done.cause() : GroupException.groupNotFound(feed.group()));
                    } else {
                        later(PAUSE_MILLIS, this::catchUp);
                    }
                }));
    }

    private void loaded(GroupAccess.Opened found) {
        Snapshot snapshot = found.snapshot();
        if (info != null && epoch().equals(snapshot.info().epoch()) && !isOf(found.lineage())) {
            // Another server than the one that has said what is missing here: does it know this log at all?
            catchUp();
            return;
        }
        Snapshot said = info != null && found.goesOnFrom(new Position(epoch(), offset)) ? snapshot.goingOn() : snapshot;
        info = snapshot.info();
        offset = snapshot.position().offset();
        last = null;
        begun = found.last();
        lineage = found.lineage();
        call(told -> told.snapshot(said));
        opened.tryComplete(this);
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
        while (state == State.LIVE && !kept.isEmpty()) {
            apply(kept.remove());
        }
        if (state != State.LIVE) {
            return;
        }
        keptEntries = 0;
        if (overflowed) {
            overflowed = false;
            catchUp();
        }
    }

    private void catchUp() {
        state = State.READING;
        Entry known = last;
        String time = known == null ? begun : Long.toString(Times.micros(known.at()));
        access.tail(feed.group(), new Position(epoch(), offset), time, lineage)
                .onComplete(done -> feed.serial.execute(() -> {
                    if (state == State.ENDED) {
                        return;
                    }
                    try {
                        if (done.succeeded()) {
                            caughtUp(done.result());
                            return;
                        }
                    } catch (RuntimeException unreadable) {
                        LOG.log(System.Logger.Level.ERROR, "entries could not be read", unreadable);
                    }
                    later(PAUSE_MILLIS, this::catchUp);
                }));
    }

    private void caughtUp(Response said) {
        switch (said.get(0).toString()) {
            case "S" -> {
                lineage = said.get(5).toString();
                String epoch = said.get(6).toString();
                Position till = epoch.equals(epoch()) ? null : new Position(epoch, Store.number(said.get(7)));
                missed(Store.number(said.get(1)), till, access.entries(said.get(2)), access.entries(said.get(3)));
            }
            case "D" -> tell(Entries.parse(said.get(1).toBytes()));
            case "F" -> mend(access.fork(feed.group(), epoch()));
            case "N" -> mend(access.revive(Objects.requireNonNull(info), mender));
            default -> load();
        }
    }

    /**
     * Both lists are in order and may be cut short; together they have no hole unless the log was trimmed.
     *
     * @param till from here on the log goes on under that epoch; null: under the one that is known
     */
    private void missed(long end, @Nullable Position till, List<Entry> messages, List<Entry> changes) {
        int nextMessage = 0;
        int nextChange = 0;
        long before = offset;
        boolean more = true;
        while (more && state != State.ENDED) {
            goOn(till);
            if (nextMessage < messages.size() && messages.get(nextMessage).offset() == offset + 1) {
                tell(messages.get(nextMessage++));
            } else if (nextChange < changes.size() && changes.get(nextChange).offset() == offset + 1) {
                tell(changes.get(nextChange++));
            } else {
                more = false;
            }
        }
        if (state == State.ENDED) {
            return;
        }
        if (offset >= end || isKept(offset + 1)) {
            live();
        } else if (offset > before) {
            catchUp();
        } else {
            load();
        }
    }

    /** What was told up to {@code till} is of the log that goes on under its epoch. */
    private void goOn(@Nullable Position till) {
        GroupInfo known = Objects.requireNonNull(info);
        if (till == null || offset != till.offset() || till.epoch().equals(known.epoch())) {
            return;
        }
        GroupInfo renamed =
                new GroupInfo(known.id(), known.spec(), till.epoch(), known.createdAt(), known.memberCount());
        info = renamed;
        call(told -> told.goesOn(renamed));
    }

    /** An announcement that came meanwhile has the entry, which the log may not have kept. */
    private boolean isKept(long wanted) {
        return Stream.concat(Stream.ofNullable(strange), kept.stream())
                .filter(announced -> announced.epoch().equals(epoch()))
                .flatMap(announced -> announced.entries().stream())
                .anyMatch(entry -> entry.offset() == wanted);
    }

    /** The store is not what it was; once it is mended, the group is read anew. */
    private void mend(Future<Void> mending) {
        mending.onComplete(done -> feed.serial.execute(() -> {
            if (state == State.ENDED) {
                return;
            }
            if (done.succeeded()) {
                load();
            } else {
                LOG.log(System.Logger.Level.WARNING, "a lost group is not mended yet", done.cause());
                later(PAUSE_MILLIS, this::catchUp);
            }
        }));
    }

    private void later(long millis, Runnable step) {
        access.later(
                millis,
                () -> feed.serial.execute(() -> {
                    if (state != State.ENDED) {
                        step.run();
                    }
                }));
    }

    private void tell(Entry entry) {
        offset = entry.offset();
        last = entry;
        call(told -> told.entry(entry));
        if (entry instanceof Entry.Deleted) {
            end(null);
        }
    }

    /** A reader that fails does so alone. */
    private void call(Consumer<GroupReader> call) {
        if (closed) {
            return;
        }
        try {
            call.accept(reader);
        } catch (RuntimeException failure) {
            LOG.log(System.Logger.Level.ERROR, "a reader failed", failure);
        }
    }

    private void end(@Nullable Throwable cause) {
        state = State.ENDED;
        kept.clear();
        if (feed.remove(this)) {
            access.release(feed.group());
        }
        if (cause != null) {
            opened.tryFail(cause);
        }
    }

    private String epoch() {
        return Objects.requireNonNull(info).epoch();
    }
}
