package io.plexspaces.processgroups.log.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.log.redis.ScriptRuns.Call;
import io.plexspaces.processgroups.log.redis.ScriptRuns.Cost;
import io.plexspaces.processgroups.log.redis.connection.Script;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * No call of a script makes the others wait for more than some milliseconds, whatever clients have put into the store:
 * each is run with the most that it can be asked for, and what it does is counted. What took how long is printed, and
 * nothing is said of it: that is a matter of the machine.
 */
class ScriptCostTest {
    private static final Path FOLDER = Path.of("src/main/resources/redis");

    /** A command of a script takes some microseconds, a megabyte some milliseconds. */
    private static final int MOST_CALLS = 5_000;

    private static final int MOST_BYTES = 6 << 20;

    private static ScriptRuns runs;

    /**
     * One call that costs as much as it may.
     *
     * @param calls of the store that it makes at most
     * @param kilobytes that it moves at most: arguments and answers of those calls, and its own answer
     * @param prepared sets up a group of the given name, and says how the script is called
     */
    record Row(Script script, String what, int calls, int kilobytes, Function<String, Call> prepared) {}

    @BeforeAll
    static void start() {
        Path binary = RedisBinaries.required("ScriptCostTest");
        runs = new ScriptRuns(RedisProcess.start(binary, "--slowlog-log-slower-than", "0"));
    }

    @AfterAll
    static void stop() {
        if (runs != null) {
            runs.close();
        }
    }

    private static List<Row> rows() {
        return Stream.of(ChangeCosts.rows(runs), ReadCosts.rows(runs), IndexCosts.rows(runs))
                .flatMap(List::stream)
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> costs_areBounded() {
        return rows().stream()
                .map(row -> DynamicTest.dynamicTest(row.script().name() + ": " + row.what(), () -> isBounded(row)));
    }

    private static void isBounded(Row row) {
        // What one run changes, the other finds as it was: each has a group of its own.
        String group = "g" + runs.next();
        long micros = runs.timed(row.script(), row.prepared().apply(group));
        Cost cost = runs.counted(row.script(), row.prepared().apply("g" + runs.next()));
        System.out.printf(
                "MEASURED script %s, %s: %d us, %d calls, %d KiB%n",
                row.script().name(), row.what(), micros, cost.calls(), cost.bytes() >> 10);
        assertThat(cost.calls()).isLessThanOrEqualTo(row.calls());
        assertThat(cost.bytes()).isLessThanOrEqualTo(row.kilobytes() * 1024L);
        assertThat(row.calls()).isLessThanOrEqualTo(MOST_CALLS);
        assertThat(row.kilobytes() * 1024L).isLessThanOrEqualTo(MOST_BYTES);
    }

    @Test
    void everyScript_hasARow() throws IOException {
        List<Row> rows = rows();
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.filter(file -> file.toString().endsWith(".lua")))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(rows)
                            .as("%s has no row here with the most it can be asked for", file)
                            .anyMatch(row -> row.script().text().contains(text(file))));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
