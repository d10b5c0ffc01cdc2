package io.plexspaces.processgroups.app;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import sun.misc.Signal;

/** How the process ends; {@code docs/configuration.md} lists its exit codes. */
@Singleton
final class Exit {
    /** It was asked to stop, and did. */
    static final int STOPPED = 0;

    /** It could not start. */
    static final int NOT_STARTED = 1;

    /** Another server has its node id. */
    static final int REPLACED = 3;

    /** Memory has run out. */
    static final int OUT_OF_MEMORY = 4;

    /** Stops the server as if it was asked to, and ends the process with this code. */
    void now(int code) {
        Quarkus.asyncExit(code);
    }

    /** A stop that was asked for and is complete is no failure; by itself, the JVM would report 143. */
    void stopOnSignal(@Observes StartupEvent started) {
        if (LaunchMode.current() == LaunchMode.NORMAL) {
            Signal.handle(new Signal("TERM"), signal -> now(STOPPED));
        }
    }
}
