package io.plexspaces.processgroups.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessGroupsConfigTest {
    @Test
    void defaults_areInRange() {
        assertThat(ConfigCheck.complaints(config(Map.of()))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "processgroups.session.grace, 2H, processgroups.session.grace must be from 0S to 1H",
        "processgroups.session.grace, -1S, processgroups.session.grace must be from 0S to 1H",
        "processgroups.session.queue-bytes, 1K, processgroups.session.queue-bytes must be from 16K to 1G",
        "processgroups.limits.sessions, 0, processgroups.limits.sessions must be from 1 to 10000000",
        "processgroups.replica.idle, 120S, processgroups.replica.idle must be from 121S to 24H",
        "processgroups.node.id, a b, processgroups.node.id is not a name",
        "processgroups.retention.messages, 200000, processgroups.retention.messages must be at most",
        "processgroups.redis.prefix, a{b}, processgroups.redis.prefix must hold no braces",
        "processgroups.node.renew-interval, 15S, processgroups.node.renew-interval must be less than",
        "processgroups.drain.notice, 2M, processgroups.drain.notice must be from 0S to 1M",
        "processgroups.retention.age, 48H, processgroups.retention.age must be at most",
    })
    void illegalValue_isRefusedNamingKeyAndRange(String key, String value, String sentence) {
        assertThatThrownBy(() -> ConfigCheck.check(config(Map.of(key, value))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void graceOfZero_isAllowed() {
        assertThat(ConfigCheck.complaints(config(Map.of("processgroups.session.grace", "0S"))))
                .isEmpty();
    }

    @Test
    void severalIllegalValues_areAllNamed() {
        assertThatThrownBy(() -> ConfigCheck.check(
                        config(Map.of("processgroups.limits.sessions", "-1", "processgroups.reaper.interval", "1H"))))
                .hasMessageContaining("processgroups.limits.sessions")
                .hasMessageContaining("processgroups.reaper.interval");
    }

    @Test
    void table_isCompleteAndTrue() throws IOException {
        Map<String, List<String>> expected = new TreeMap<>();
        for (ConfigKey key : ConfigKey.of(config(Map.of()))) {
            Range range = key.range();
            expected.put(
                    key.name(),
                    List.of(
                            key.defaultValue() == null ? "" : key.defaultValue(),
                            range == null ? "" : range.min() + " to " + range.max(),
                            key.variable()));
        }

        assertThat(documented()).isEqualTo(expected);
    }

    /** Key to default, range and variable, of the rows that describe the service's own keys; a key that is no number has no range. */
    private static Map<String, List<String>> documented() throws IOException {
        Map<String, List<String>> rows = new TreeMap<>();
        try (Stream<String> lines = Files.lines(Path.of("docs/configuration.md"))) {
            lines.filter(line -> line.startsWith("| `processgroups.")).forEach(line -> {
                List<String> cells = Stream.of(line.split("\\|", -1))
                        .map(cell -> cell.replace("`", "").trim())
                        .toList();
                boolean number = cells.get(3).matches("-?\\d.* to \\d.*");
                rows.put(cells.get(1), List.of(cells.get(2), number ? cells.get(3) : "", cells.get(4)));
            });
        }
        return rows;
    }

    private static ProcessGroupsConfig config(Map<String, String> values) {
        return new SmallRyeConfigBuilder()
                .withMapping(ProcessGroupsConfig.class)
                .withConverter(java.time.Duration.class, 200, new DurationConverter())
                .withConverter(io.quarkus.runtime.configuration.MemorySize.class, 200, new MemorySizeConverter())
                .withSources(new io.smallrye.config.PropertiesConfigSource(values, "test", 300))
                .build()
                .getConfigMapping(ProcessGroupsConfig.class);
    }
}
