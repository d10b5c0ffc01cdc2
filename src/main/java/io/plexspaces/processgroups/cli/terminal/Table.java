package io.plexspaces.processgroups.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/** Rows under a header, each column as wide as it needs. Printed at its end, or in parts when there are many rows. */
public final class Table {
    /** Beyond so many rows, columns are as wide as these needed. */
    private static final int MOST_HELD = 1_000;

    private static final int SECONDS = 19;
    private static final String BETWEEN = "  ";

    private final Terminal terminal;
    private final List<String[]> rows = new ArrayList<>();
    private final String[] header;
    private final int[] widths;
    private boolean begun;

    public Table(Terminal terminal, String... header) {
        this.terminal = terminal;
        this.header = header;
        this.widths = new int[header.length];
        widen(header);
    }

    /** @param cells one of each column */
    public void row(String... cells) {
        for (int i = 0; i < cells.length; i++) {
            cells[i] = Texts.oneLine(cells[i], terminal.isTerminal());
        }
        if (!begun) {
            widen(cells);
        }
        rows.add(cells);
        if (rows.size() == MOST_HELD) {
            write();
        }
    }

    private void widen(String[] cells) {
        for (int i = 0; i < cells.length; i++) {
            widths[i] = Math.max(widths[i], cells[i].length());
        }
    }

    /** @param nothing said to people when there is no row */
    public void print(String nothing) {
        if (rows.isEmpty() && !begun) {
            terminal.note(nothing);
        } else {
            write();
        }
        terminal.flush();
    }

    private void write() {
        if (!begun) {
            terminal.line(terminal.bold(joined(header)));
            begun = true;
        }
        rows.forEach(row -> terminal.line(joined(row)));
        rows.clear();
    }

    private String joined(String[] cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            line.append(cells[i]);
            if (i < cells.length - 1) {
                line.append(" ".repeat(Math.max(0, widths[i] - cells[i].length())))
                        .append(BETWEEN);
            }
        }
        return line.toString().stripTrailing();
    }

    /** A time of the service to the second, in UTC. */
    public static String time(String timestamp) {
        return timestamp.length() > SECONDS ? timestamp.substring(0, SECONDS) + "Z" : timestamp;
    }
}
