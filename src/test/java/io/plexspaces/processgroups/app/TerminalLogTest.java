package io.plexspaces.processgroups.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalLogTest {
    private static final String KEY = "quarkus.log.console.json.enabled";
    private static final int BUILT_IN = 250;
    private static final int FILE = 260;

    private static boolean json(boolean isTerminal, Map<String, String> file) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withProfile("prod")
                .addDefaultInterceptors()
                .withSources(
                        new PropertiesConfigSource(Map.of(KEY, "false", "%prod." + KEY, "true"), "built in", BUILT_IN))
                .withSources(new TerminalLog(() -> isTerminal))
                .withSources(new PropertiesConfigSource(file, "file", FILE))
                .build();
        return config.getValue(KEY, boolean.class);
    }

    @Test
    void log_isForPeopleOnATerminalAlone() {
        assertThat(json(true, Map.of())).isFalse();
        assertThat(json(false, Map.of())).isTrue();
    }

    @Test
    void operator_decides() {
        assertThat(json(true, Map.of(KEY, "true"))).isTrue();
        assertThat(json(false, Map.of(KEY, "false"))).isFalse();
    }
}
