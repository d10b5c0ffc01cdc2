package io.plexspaces.processgroups.cli.context;

import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/**
 * The contexts of this user, in {@code contexts.json} of {@code $XDG_CONFIG_HOME/pg}: only the user may read it, it is
 * replaced as a whole, and it holds no token, only the names of files with tokens.
 */
public final class Contexts {
    private static final String CURRENT = "current";
    private static final String CONTEXTS = "contexts";

    private final Path file;

    public Contexts(Map<String, String> environment) {
        this.file = folder(environment).resolve("contexts.json");
    }

    private static Path folder(Map<String, String> environment) {
        String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        return config.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", "."), ".config", "pg")
                : Path.of(config, "pg");
    }

    /** The names, in the order in which they were saved. */
    public List<String> names() {
        return read().object(CONTEXTS).names();
    }

    /** Which is used; empty: none. */
    public String current() {
        return read().text(CURRENT);
    }

    /** The context that is used, or one without fields. */
    public Json used() {
        Json all = read();
        return all.object(CONTEXTS).object(all.text(CURRENT));
    }

    /** @throws Failure there is no such context */
    public Json named(String name) {
        return require(read(), name);
    }

    /** Uses this one from now on. */
    public void use(String name) {
        Json all = read();
        require(all, name);
        write(all.put(CURRENT, name));
    }

    /** Replaces one of the same name, and uses it from now on. */
    public void save(String name, Json context) {
        Json all = read();
        write(Json.object()
                .put(CURRENT, name)
                .put(CONTEXTS, all.object(CONTEXTS).put(name, context)));
    }

    /** Forgets one; if it was used, none is. */
    public void delete(String name) {
        Json all = read();
        require(all, name);
        Json left = Json.object();
        for (String other : all.object(CONTEXTS).names()) {
            if (!other.equals(name)) {
                left.put(other, all.object(CONTEXTS).object(other));
            }
        }
        String current = all.text(CURRENT);
        write(Json.object().with(CURRENT, current.equals(name) ? "" : current).put(CONTEXTS, left));
    }

    private static Json require(Json all, String name) {
        Json contexts = all.object(CONTEXTS);
        if (!contexts.has(name)) {
            throw Failure.usage("there is no context " + name + ": "
                    + (contexts.names().isEmpty()
                            ? "save one with `pg context save " + name + " --server URL`"
                            : "there are " + String.join(", ", contexts.names())));
        }
        return contexts.object(name);
    }

    private Json read() {
        try {
            return Json.parse(Files.readString(file));
        } catch (NoSuchFileException none) {
            return Json.object();
        } catch (IOException | IllegalArgumentException unreadable) {
            throw Failure.usage("the contexts in " + file + " cannot be read: repair the file, or delete it");
        }
    }

    private void write(Json contexts) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder == null) {
                throw new IOException("no folder");
            }
            Files.createDirectories(folder, readableBy("rwx------"));
            Path fresh = Files.createTempFile(folder, "contexts", ".new", readableBy("rw-------"));
            try {
                Files.writeString(fresh, contexts + "\n");
                replace(fresh);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException failure) {
            throw Failure.usage("the contexts cannot be written to " + file + ": " + failure.getMessage());
        }
    }

    private void replace(Path fresh) throws IOException {
        try {
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException notHere) {
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static FileAttribute<?>[] readableBy(String permissions) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
