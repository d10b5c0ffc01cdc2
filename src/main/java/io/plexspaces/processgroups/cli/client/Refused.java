package io.plexspaces.processgroups.cli.client;

/** The server's own no: a reason of {@code docs/errors.md}, and its sentence. */
public final class Refused extends Failure {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String field;

    /**
     * @param reason as in {@code docs/errors.md}; empty: the server said none
     * @param field what it is about; may be empty
     */
    public Refused(String reason, String message, String field) {
        super(Exit.REFUSED, message);
        this.reason = reason;
        this.field = field;
    }

    /** As in {@code docs/errors.md}; may be empty. */
    public String reason() {
        return reason;
    }

    /** The request field it is about; may be empty. */
    public String field() {
        return field;
    }
}
