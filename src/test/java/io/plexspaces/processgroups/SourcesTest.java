package io.plexspaces.processgroups;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Texts that a reader can take in: how wide a line is, and how long a file. */
class SourcesTest {
    private static final int WIDEST = 120;
    private static final int LONGEST = 350;

    /** With what follows it: why this is one idea. */
    private static final String REASON = "One file, as ";

    private static List<Path> files(String ending, String... folders) {
        List<Path> found = new ArrayList<>();
        for (String folder : folders) {
            try (Stream<Path> all = Files.walk(Path.of(folder))) {
                all.filter(file -> file.toString().endsWith(ending)).forEach(found::add);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
        assertThat(found).isNotEmpty();
        return found;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static boolean isWide(String line) {
        return line.codePointCount(0, line.length()) > WIDEST;
    }

    @Test
    void linesOfJava_areNotWide() {
        List<String> wide = new ArrayList<>();
        for (Path file : files(".java", "src", "examples")) {
            lines(file).stream().filter(SourcesTest::isWide).forEach(line -> wide.add(file + ": " + line));
        }
        assertThat(wide).isEmpty();
    }

    /** But for tables, and for what was typed or printed as it stands there. */
    @Test
    void linesOfDocuments_areNotWide() throws IOException {
        List<Path> documents = files(".md", "docs");
        try (Stream<Path> top = Files.list(Path.of(""))) {
            top.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
        }
        List<String> wide = new ArrayList<>();
        for (Path file : documents) {
            boolean printed = false;
            for (String line : lines(file)) {
                if (line.strip().startsWith("```")) {
                    printed = !printed;
                } else if (!printed && !line.strip().startsWith("|") && isWide(line)) {
                    wide.add(file + ": " + line);
                }
            }
        }
        assertThat(wide).isEmpty();
    }

    @Test
    void longFile_saysWhyItIsOne() {
        List<String> unexplained = files(".java", "src").stream()
                .filter(file -> lines(file).size() > LONGEST)
                .filter(file -> lines(file).stream().noneMatch(line -> line.contains(REASON)))
                .map(Path::toString)
                .toList();
        assertThat(unexplained).isEmpty();
    }
}
