package io.plexspaces.processgroups.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/** The version of this build. */
final class Version implements IVersionProvider {
    private static final String RESOURCE = "pg.version";

    @Override
    public String[] getVersion() throws IOException {
        return new String[] {"pg " + text() + " (Java " + Runtime.version().feature() + ")"};
    }

    static String text() throws IOException {
        try (InputStream file = Version.class.getClassLoader().getResourceAsStream(RESOURCE)) {
            return file == null ? "unknown" : new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
