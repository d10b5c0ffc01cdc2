package io.plexspaces.processgroups.cli.client;

/**
 * Why a command ends without its result: one sentence for people that says what to do next, and what scripts see.
 */
public sealed class Failure extends RuntimeException permits Refused {
    private static final long serialVersionUID = 1L;

    /** How a command ends. */
    public enum Exit {
        OK(0),
        REFUSED(1),
        USAGE(2),
        UNREACHABLE(3);

        private final int code;

        Exit(int code) {
            this.code = code;
        }

        /** As the process says it. */
        public int code() {
            return code;
        }
    }

    private final Exit exit;

    /** @param sentence without a stop at its end */
    public Failure(Exit exit, String sentence) {
        super(sentence);
        this.exit = exit;
    }

    /** @param sentence without a stop at its end */
    public static Failure unreachable(String sentence) {
        return new Failure(Exit.UNREACHABLE, sentence);
    }

    /** @param sentence without a stop at its end */
    public static Failure usage(String sentence) {
        return new Failure(Exit.USAGE, sentence);
    }

    /** @param sentence without a stop at its end */
    public static Failure refused(String sentence) {
        return new Failure(Exit.REFUSED, sentence);
    }

    /** How the command ends. */
    public Exit exit() {
        return exit;
    }

    /** The sentence. */
    public String sentence() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
