package io.plexspaces.processgroups;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The journeys in docs/internals.md name types and methods that there are. */
class JourneysTest {
    private static final int MOST_STEPS = 12;
    private static final Pattern NAME = Pattern.compile("`([A-Z][a-z]\\w*)(?:\\.([a-z]\\w*))?`");

    /** By simple name; of several with one name any counts. */
    private static Map<String, List<JavaClass>> types;

    @BeforeAll
    static void look() {
        JavaClasses all = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.plexspaces.processgroups");
        types = all.stream().collect(Collectors.groupingBy(JavaClass::getSimpleName));
    }

    @ParameterizedTest
    @ValueSource(strings = {"A publish", "A join", "A disconnect"})
    void journey_isATableOfTypesThatExist(String journey) throws IOException {
        List<String> rows = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (String line : section(journey)) {
            NAME.matcher(line)
                    .results()
                    .filter(name -> !exists(name))
                    .map(MatchResult::group)
                    .forEach(missing::add);
            if (line.matches("\\| \\d+ \\|.*")) {
                rows.add(line);
            }
        }
        assertThat(missing).isEmpty();
        assertThat(rows).hasSizeBetween(3, MOST_STEPS).allSatisfy(row -> assertThat(row.split("\\|")[2])
                .containsPattern(NAME));
    }

    private static List<String> section(String title) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("docs/internals.md"));
        int from = lines.indexOf("## " + title);
        assertThat(from).isNotNegative();
        return lines.subList(from + 1, lines.size()).stream()
                .takeWhile(line -> !line.startsWith("## "))
                .toList();
    }

    private static boolean exists(MatchResult name) {
        String method = name.group(2);
        return types.getOrDefault(name.group(1), List.of()).stream()
                .anyMatch(type -> method == null
                        || type.getAllMethods().stream()
                                .anyMatch(has -> has.getName().equals(method)));
    }
}
