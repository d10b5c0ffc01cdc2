package io.plexspaces.processgroups.faults;

import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Has some points of the product ask {@link Faults} while the tests of a class run. A test disarms what it has armed.
 */
public final class FaultInjection implements BeforeAllCallback, AfterAllCallback {
    private final List<String> points;
    private @Nullable AutoCloseable installed;

    /** @param points as {@link FaultPoints} names them */
    public FaultInjection(List<String> points) {
        this.points = points;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        // An injected error goes to the default handler of threads by design; it is not what a test waits for.
        Awaitility.doNotCatchUncaughtExceptionsByDefault();
        installed = FaultPoints.install(points);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        Awaitility.catchUncaughtExceptionsByDefault();
        if (installed != null) {
            installed.close();
        }
    }
}
