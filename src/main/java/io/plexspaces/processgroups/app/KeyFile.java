package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.token.PemKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The file of keys, read again when it is another one than before. Links are followed, as mounted secrets are such. */
final class KeyFile {
    private final Path file;
    private final PemKeys keys;

    // Guarded by this. Null: it was not there, or could not be read.
    private @Nullable Version read;

    /** @param key what the file system knows it by; null: nothing */
    private record Version(
            FileTime changed, long size, @Nullable Object key) {}

    /**
     * Blocks while it reads the file.
     *
     * @throws IllegalArgumentException as {@link PemKeys} does
     */
    KeyFile(Path file) {
        this.file = file;
        // Before it is read: what changes meanwhile is read again.
        this.read = version(file);
        this.keys = new PemKeys(file);
    }

    PemKeys keys() {
        return keys;
    }

    /**
     * Reads it again, if it changed or could not be read the last time. Blocks.
     *
     * @return whether the keys are those of the file
     */
    synchronized boolean look() {
        Version present = version(file);
        if (present != null && Objects.equals(present, read)) {
            return true;
        }
        boolean isRead = keys.reload();
        read = isRead ? present : null;
        return isRead;
    }

    private static @Nullable Version version(Path file) {
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(found.lastModifiedTime(), found.size(), found.fileKey());
        } catch (IOException gone) {
            return null;
        }
    }
}
