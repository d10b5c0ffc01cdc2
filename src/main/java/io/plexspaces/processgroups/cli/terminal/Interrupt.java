package io.plexspaces.processgroups.cli.terminal;

import java.util.concurrent.CompletableFuture;
import sun.misc.Signal;

/** Ctrl-C, and a request to stop: they end a command that goes on by itself, which says goodbye first. */
public final class Interrupt {
    private static final int SIGNALLED = 128;

    private final CompletableFuture<Integer> code = new CompletableFuture<>();

    private Interrupt() {}

    /** From now on these signals do not end the process at once; a second one does. */
    public static Interrupt heeded() {
        Interrupt interrupt = new Interrupt();
        for (String name : new String[] {"INT", "TERM"}) {
            Signal.handle(new Signal(name), signal -> {
                int code = SIGNALLED + signal.getNumber();
                if (!interrupt.code.complete(code)) {
                    Runtime.getRuntime().halt(code);
                }
            });
        }
        return interrupt;
    }

    /** Completes with the exit code of the process. */
    public CompletableFuture<Integer> code() {
        return code;
    }
}
