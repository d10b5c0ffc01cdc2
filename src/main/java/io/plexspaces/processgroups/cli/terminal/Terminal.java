package io.plexspaces.processgroups.cli.terminal;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Standard input, output and error. Output is buffered until {@link #flush}; one thread at a time writes whole lines.
 * Results go to output, and what is said about them to error.
 */
public final class Terminal {
    private static final int IN = 0;
    private static final int OUT = 1;
    private static final int ERR = 2;
    private static final int BUFFER = 1 << 16;
    private static final int DEFAULT_WIDTH = 100;
    private static final int DEFAULT_HEIGHT = 24;
    private static final String ESCAPE = "\u001b[";

    private final InputStream in;
    private final Output output;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean isTerminal;
    private final boolean errorIsTerminal;
    private final boolean colours;

    /**
     * @param isTerminal whether a person sees the output at once
     * @param errorIsTerminal the same of error
     * @param colours whether output may have colours
     */
    public Terminal(
            InputStream in,
            OutputStream out,
            OutputStream err,
            boolean isTerminal,
            boolean errorIsTerminal,
            boolean colours) {
        this.in = in;
        this.output = new Output(out);
        this.out = new PrintStream(new BufferedOutputStream(output, BUFFER), false, StandardCharsets.UTF_8);
        this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
        this.isTerminal = isTerminal;
        this.errorIsTerminal = errorIsTerminal;
        this.colours = colours;
    }

    /** Those of this process. */
    public static Terminal ofProcess(Map<String, String> environment) {
        boolean out = isTerminal(OUT);
        return new Terminal(
                // Buffered, as a file's own stream asks for a size that pipes have not.
                new BufferedInputStream(new FileInputStream(FileDescriptor.in)),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                out,
                isTerminal(ERR),
                out && environment.getOrDefault("NO_COLOR", "").isEmpty() && !"dumb".equals(environment.get("TERM")));
    }

    /**
     * The platform only knows of input and output together. Elsewhere than on Linux, nothing is taken for a
     * terminal.
     */
    private static boolean isTerminal(int descriptor) {
        try {
            String file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return file.startsWith("/dev/pts/") || file.startsWith("/dev/tty") || file.equals("/dev/console");
        } catch (IOException noLinux) {
            return false;
        }
    }

    /** Whether output is a terminal of this process. */
    public static boolean isOutputATerminal() {
        return isTerminal(OUT);
    }

    /** Whether input is a terminal, at which a person would have to type. */
    public static boolean isInputATerminal() {
        return isTerminal(IN);
    }

    public InputStream in() {
        return in;
    }

    /** Whether a person sees the output at once. */
    public boolean isTerminal() {
        return isTerminal;
    }

    /** Whether a person sees at once what goes to error. */
    public boolean isErrorATerminal() {
        return errorIsTerminal;
    }

    /** One line of the result. */
    public synchronized void line(String text) {
        out.append(text).append('\n');
    }

    /** What stands in one line however often it changes; only for terminals. */
    public synchronized void repaint(String text) {
        err.print("\r" + ESCAPE + "K" + text);
        err.flush();
    }

    /** Lines in place of those that were printed before; only for terminals. */
    public synchronized void screen(String text) {
        out.print(ESCAPE + "H" + ESCAPE + "J" + text);
        flush();
    }

    /**
     * @throws OutputGone nobody reads it any more
     * @throws UncheckedIOException it cannot be written, as where a disk is full
     */
    public synchronized void flush() {
        if (out.checkError()) {
            IOException failure = output.failure();
            if (failure != null) {
                throw new UncheckedIOException(failure.getMessage(), failure);
            }
            throw new OutputGone();
        }
    }

    /** Something about the result, for people. */
    public synchronized void note(String text) {
        err.println(text);
    }

    /** Something for a person who waits, and for nobody else. */
    public void hint(String text) {
        if (errorIsTerminal) {
            note(faint(text));
        }
    }

    public PrintStream out() {
        return out;
    }

    public PrintStream err() {
        return err;
    }

    public String bold(String text) {
        return colours ? ESCAPE + "1m" + text + ESCAPE + "0m" : text;
    }

    public String faint(String text) {
        return colours ? ESCAPE + "2m" + text + ESCAPE + "0m" : text;
    }

    public String good(String text) {
        return colours ? ESCAPE + "32m" + text + ESCAPE + "0m" : text;
    }

    public String bad(String text) {
        return colours ? ESCAPE + "31m" + text + ESCAPE + "0m" : text;
    }

    /** Whether there are colours. */
    public boolean hasColours() {
        return colours;
    }

    /** Columns. */
    public int width() {
        int[] size = size();
        return size == null ? DEFAULT_WIDTH : size[1];
    }

    /** Lines. */
    public int height() {
        int[] size = size();
        return size == null ? DEFAULT_HEIGHT : size[0];
    }

    /** Lines and columns; null: not known. Asks a program of the system, as the platform does not know. */
    private static int @Nullable [] size() {
        try {
            Process stty = new ProcessBuilder("sh", "-c", "stty size </dev/tty 2>/dev/null").start();
            String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            stty.waitFor(1, TimeUnit.SECONDS);
            if (answer.matches("[1-9]\\d{0,4} [1-9]\\d{0,4}")) {
                int blank = answer.indexOf(' ');
                return new int[] {
                    Integer.parseInt(answer.substring(0, blank)), Integer.parseInt(answer.substring(blank + 1))
                };
            }
        } catch (IOException noSuchProgram) {
            return null;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        return null;
    }
}
