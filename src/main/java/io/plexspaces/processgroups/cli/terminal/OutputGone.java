package io.plexspaces.processgroups.cli.terminal;

/** Nobody reads what is printed any more, as behind {@code | head -1}: a reason to end, and no failure. */
public final class OutputGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutputGone() {
        super("nobody reads the output", null, false, false);
    }
}
