package io.plexspaces.processgroups.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.plexspaces.processgroups.token.CheckingVerifier;
import io.plexspaces.processgroups.token.Issuer;
import io.plexspaces.processgroups.token.MovingClock;
import io.plexspaces.processgroups.token.TokenRefused.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    private static final Issuer OLD = Issuer.ed("old");
    private static final Issuer NEW = Issuer.ed("new");

    @TempDir
    private Path folder;

    private Path file;
    private KeyFile keys;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("keys.pem");
        Files.writeString(file, OLD.pem());
        keys = new KeyFile(file);
    }

    private Reason reason(Issuer issuer) {
        return Issuer.reason(new CheckingVerifier(keys.keys(), Issuer.ANY, new MovingClock(), Runnable::run, 1)
                .verify(issuer.token()));
    }

    @Test
    void fileThatIsTheSame_isNotReadAgain() throws IOException {
        FileTime changed = Files.getLastModifiedTime(file);
        Files.writeString(file, NEW.pem());
        Files.setLastModifiedTime(file, changed);

        assertThat(keys.look()).isTrue();
        assertThat(reason(OLD)).isNull();
    }

    @Test
    void changedFile_isReadAgain() throws IOException {
        Files.writeString(file, NEW.pem() + "\n");

        assertThat(keys.look()).isTrue();
        assertThat(reason(NEW)).isNull();
        assertThat(reason(OLD)).isEqualTo(Reason.SIGNATURE);
        assertThat(keys.look()).isTrue();
    }

    /** As a mounted secret changes: another file behind the same name, which may be as old and as large. */
    @Test
    void replacedFile_isReadAgain() throws IOException {
        Path other = folder.resolve("other.pem");
        Files.writeString(other, NEW.pem());
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

        assertThat(keys.look()).isTrue();
        assertThat(reason(NEW)).isNull();
    }

    @Test
    void brokenOrMissingFile_leavesTheOldKeys_andIsReadUntilItIsGood() throws IOException {
        Files.writeString(file, "half of a ");
        assertThat(keys.look()).isFalse();
        assertThat(keys.look()).isFalse();
        assertThat(reason(OLD)).isNull();
        Files.delete(file);
        assertThat(keys.look()).isFalse();
        assertThat(reason(OLD)).isNull();

        Files.writeString(file, NEW.pem());
        assertThat(keys.look()).isTrue();
        assertThat(reason(NEW)).isNull();
    }

    @Test
    void fileThatCannotBeUsed_isNoBeginning() throws IOException {
        Files.writeString(file, "no key");
        assertThatIllegalArgumentException().isThrownBy(() -> new KeyFile(file)).withMessageContaining("keys.pem");
        Files.delete(file);
        assertThatIllegalArgumentException().isThrownBy(() -> new KeyFile(file)).withMessageContaining("keys.pem");
    }
}
