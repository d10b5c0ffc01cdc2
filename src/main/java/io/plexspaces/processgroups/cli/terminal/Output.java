package io.plexspaces.processgroups.cli.terminal;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Standard output that remembers why it could not be written: a {@code PrintStream} only says that. */
final class Output extends FilterOutputStream {
    private volatile @Nullable IOException failure;

    Output(OutputStream to) {
        super(to);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException failed) {
            failure = failed;
            throw failed;
        }
    }

    /** Why it is broken, but for a reader who has gone; null: it is not, or that is all. */
    @Nullable
    IOException failure() {
        IOException known = failure;
        String why = known == null ? null : known.getMessage();
        return why != null && why.contains("Broken pipe") ? null : known;
    }
}
