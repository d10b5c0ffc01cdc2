package io.plexspaces.processgroups.observe;

import io.plexspaces.processgroups.core.Operation;
import io.plexspaces.processgroups.domain.GroupException;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * One line for each request: DEBUG when it succeeded, WARN without a stack when it was refused, TRACE when it begins. The
 * parts of the subject are fields of the line (diagnostic context), which structured output shows on their own.
 */
final class GroupLogging {
    private static final Logger LOG = Logger.getLogger("io.plexspaces.processgroups.requests");

    private GroupLogging() {}

    static void begun(Operation operation, Subject subject) {
        if (LOG.isTraceEnabled()) {
            log(Logger.Level.TRACE, operation, subject, "begun");
        }
    }

    /** @param result null: nothing to say about it */
    static void succeeded(Operation operation, Subject subject, @Nullable Object result) {
        if (LOG.isTraceEnabled() && result != null) {
            log(Logger.Level.TRACE, operation, subject, String.valueOf(result));
        }
        if (LOG.isDebugEnabled()) {
            log(Logger.Level.DEBUG, operation, subject, "done");
        }
    }

    /** Says nothing of unexpected failures: the edge logs those, with their stack. */
    static void failed(Operation operation, Subject subject, Throwable failure) {
        if (failure instanceof GroupException expected) {
            log(Logger.Level.WARN, operation, subject, expected.code() + ": " + expected.getMessage());
        }
    }

    private static void log(Logger.Level level, Operation operation, Subject subject, String outcome) {
        StringBuilder line = new StringBuilder(operation.label());
        List<String> fields = new ArrayList<>(6);
        subject.forEach((name, value) -> {
            line.append(' ').append(name).append('=').append(value);
            MDC.put(name, value);
            fields.add(name);
        });
        try {
            LOG.log(level, line.append(": ").append(outcome));
        } finally {
            fields.forEach(MDC::remove);
        }
    }
}
