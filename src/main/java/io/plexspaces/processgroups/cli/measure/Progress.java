package io.plexspaces.processgroups.cli.measure;

import io.plexspaces.processgroups.cli.terminal.Terminal;

/** A bar on standard error, where that is a terminal. */
final class Progress {
    private static final long REPAINT = 100_000_000L;
    private static final int WIDTH = 30;

    private final Terminal terminal;
    private final long begin;
    private final long length;
    private long painted;

    /** @param length in nanoseconds */
    Progress(Terminal terminal, long begin, long length) {
        this.terminal = terminal;
        this.begin = begin;
        this.length = length;
        this.painted = begin - REPAINT;
    }

    /** At most ten times a second. */
    void show(long count) {
        long now = System.nanoTime();
        if (terminal.isErrorATerminal() && now - painted >= REPAINT) {
            painted = now;
            int full = (int) Math.min(WIDTH, (now - begin) * WIDTH / length);
            terminal.repaint("[" + "#".repeat(full) + " ".repeat(WIDTH - full) + "] " + (now - begin) / 1_000_000_000
                    + " s  " + count + " messages");
        }
    }

    void end() {
        if (terminal.isErrorATerminal()) {
            terminal.repaint("");
        }
    }
}
