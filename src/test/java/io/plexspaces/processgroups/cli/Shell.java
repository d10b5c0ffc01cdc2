package io.plexspaces.processgroups.cli;

import io.plexspaces.processgroups.cli.terminal.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs commands in this process, as a shell would, with an environment and files of their own. */
public final class Shell {
    private final Map<String, String> environment = new HashMap<>();

    /** @param home where contexts are kept */
    public Shell(Path home) {
        environment.put("HOME", home.toString());
        environment.put("XDG_CONFIG_HOME", home.resolve("config").toString());
    }

    /** What a command came to. */
    public record Result(int code, String out, String err) {
        public List<String> lines() {
            return out.lines().toList();
        }
    }

    public Shell set(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    public Result run(String... arguments) {
        return pipe(InputStream.nullInputStream(), arguments);
    }

    public Result input(String text, String... arguments) {
        return pipe(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), arguments);
    }

    private Result pipe(InputStream in, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Pg.run(
                new ArrayList<>(List.of(arguments)), new Terminal(in, out, err, false, false, false), environment);
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
