package io.plexspaces.processgroups.api;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.smallrye.mutiny.Uni;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What becomes of requests that manage groups, told to a witness. */
final class Managing {
    private Managing() {}

    /**
     * Tells of what is managed.
     *
     * @param isChange whether an answer means that something has changed
     * @param isPerhapsDone whether after a failure something may have changed
     * @param witness gets true for what was done, false for what was done perhaps, or in part
     */
    static <T> Uni<T> told(
            Uni<T> managing, Predicate<T> isChange, Predicate<Throwable> isPerhapsDone, Consumer<Boolean> witness) {
        return managing.invoke(done -> {
                    if (isChange.test(done)) {
                        witness.accept(true);
                    }
                })
                .onFailure(isPerhapsDone)
                .invoke(() -> witness.accept(false));
    }

    /** From all groups: whatever ends it, it may have begun, unless it was refused as such. */
    static boolean isPerhapsDoneInPart(Throwable failure) {
        return !(failure instanceof GroupException known && known.field().equals("everywhere"));
    }

    static boolean isUnanswered(Throwable failure) {
        return !(failure instanceof GroupException known) || known.code() == ErrorCode.STORE_UNAVAILABLE;
    }
}
