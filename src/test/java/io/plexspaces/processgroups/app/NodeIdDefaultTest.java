package io.plexspaces.processgroups.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NodeIdDefaultTest {
    private static final String KEY = "processgroups.node.id";

    private final AtomicInteger lookups = new AtomicInteger();

    private SmallRyeConfig config(Map<String, String> given) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new NodeIdDefault(() -> "host-" + lookups.incrementAndGet() + ":${port}"))
                .withSources(new PropertiesConfigSource(given, "given", 100))
                .build();
    }

    @Test
    void namedNode_doesNotAskForTheHost() {
        SmallRyeConfig config = config(Map.of(KEY, "a", "of-node", "${" + KEY + "}"));

        assertThat(config.getValue(KEY, String.class)).isEqualTo("a");
        assertThat(config.getValue("of-node", String.class)).isEqualTo("a");
        assertThat(lookups).hasValue(0);
    }

    @Test
    void unnamedNode_asksOnce_andOtherKeysNameIt() {
        SmallRyeConfig config = config(Map.of("port", "9000", "of-node", "${" + KEY + "}"));

        assertThat(config.getValue(KEY, String.class)).isEqualTo("host-1:9000");
        assertThat(config.getValue("of-node", String.class)).isEqualTo("host-1:9000");
    }
}
