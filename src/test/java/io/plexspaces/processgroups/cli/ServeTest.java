package io.plexspaces.processgroups.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServeTest {
    @TempDir
    Path home;

    @ParameterizedTest
    @CsvSource({"'', true", "serve, true", "serve -Da=b, true", "-Da=b, true", "serve --help, false", "list, false"})
    void server_isWhatIsMeant_withoutACommand(String arguments, boolean wanted) {
        List<String> words = arguments.isEmpty() ? List.of() : List.of(arguments.split(" "));

        assertThat(Serve.of(words).isWanted()).isEqualTo(wanted);
    }

    @Test
    void otherOptions_areRefused() {
        Shell shell = new Shell(home);

        assertThat(shell.run("serve", "--prot", "1").err()).contains("there is no option --prot");
        assertThat(shell.run("serve", "--json").code()).isEqualTo(2);
    }

    @Test
    void keysOfTheHelp_areThoseThereAre() throws IOException {
        String documented = Files.readString(Path.of("docs/configuration.md"));

        assertThat(Pattern.compile("(?m)^  ((processgroups|quarkus)\\.[a-z.-]+)[ ,]")
                        .matcher(new Shell(home).run("serve", "--help").out())
                        .results()
                        .map(found -> found.group(1)))
                .hasSizeGreaterThan(5)
                .allSatisfy(key -> assertThat(documented).contains("`" + key + "`"));
    }
}
