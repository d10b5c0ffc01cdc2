package io.plexspaces.processgroups.cli.terminal;

/** The command ends with this exit code, and everything is said. */
public final class Ended extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;

    public Ended(int code) {
        super("ended", null, false, false);
        this.code = code;
    }

    public int code() {
        return code;
    }
}
