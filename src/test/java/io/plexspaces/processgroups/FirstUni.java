package io.plexspaces.processgroups;

import io.smallrye.mutiny.Uni;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Makes a first Uni before tests run beside each other: what Mutiny looks up for it fails when two threads do so at the
 * same time ({@code ContextManagerProvider already set}). Not where tests of the platform run, which have their own.
 */
public final class FirstUni implements LauncherSessionListener {
    @Override
    public void launcherSessionOpened(LauncherSession session) {
        if (Boolean.getBoolean("processgroups.test.besideEachOther")) {
            Uni.createFrom().voidItem().subscribe().with(nothing -> {});
        }
    }
}
