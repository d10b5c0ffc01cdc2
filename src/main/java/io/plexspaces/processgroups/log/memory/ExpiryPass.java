package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.log.Expired;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Ends what has expired in some groups, in each by steps, so that what else the group does comes in between; then
 * deletes the group if it is to be, as it is empty.
 */
final class ExpiryPass {
    /** Of one group; what has expired beyond that is left to the next pass. */
    private static final int MOST_STEPS = 200;

    private final OperationId operation;
    private final Instant now;
    private final Steps steps;
    private final Directory directory;
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger vacated = new AtomicInteger();

    ExpiryPass(OperationId operation, Instant now, Steps steps, Directory directory) {
        this.operation = operation;
        this.now = now;
        this.steps = steps;
        this.directory = directory;
    }

    /** @param whenDone told what has ended; once, on any thread */
    void run(List<MemoryGroup> groups, Consumer<Expired> whenDone) {
        // One more than the groups, for the loop itself: groups may be done at once, or on other threads later.
        AtomicInteger open = new AtomicInteger(groups.size() + 1);
        Runnable done = () -> {
            if (open.decrementAndGet() == 0) {
                whenDone.accept(new Expired(ended.get(), vacated.get()));
            }
        };
        groups.forEach(group -> step(group, MOST_STEPS, done));
        done.run();
    }

    /** @param done called once, even if the group fails */
    private void step(MemoryGroup group, int most, Runnable done) {
        group.execute(() -> {
            boolean more = false;
            try {
                ended.addAndGet(group.expire(operation, now));
                more = most > 1 && group.hasEnded(now);
                if (group.deleteIfVacant(operation, now)) {
                    vacated.incrementAndGet();
                }
            } finally {
                if (more) {
                    steps.later(() -> step(group, most - 1, done));
                } else if (group.isDeleted()) {
                    remove(group, done);
                } else {
                    done.run();
                }
            }
        });
    }

    /** Also what was deleted by a step that failed. */
    private void remove(MemoryGroup group, Runnable done) {
        directory.execute(group.id().namespace(), () -> {
            try {
                directory.remove(group);
            } finally {
                done.run();
            }
        });
    }
}
