package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that is configured wrongly does not start, and says why. */
@Isolated
class ConfigIT {
    @ParameterizedTest
    @CsvSource({
        "PROCESSGROUPS_SESSION_GRACE, 2H, 'processgroups.session.grace must be a time from 0S to 1H, but is 2H'",
        "PROCESSGROUPS_SESSION_QUEUE_BYTES, lots,"
                + " 'processgroups.session.queue-bytes must be bytes from 16K to 1G, but is lots'",
        "PROCESSGROUPS_STORE, disk, 'processgroups.store must be memory or redis, but is disk'",
        "PROCESSGROUPS_NODE_RENEW_INTERVAL, 20S,"
                + " 'processgroups.node.renew-interval must be less than processgroups.node.lease-ttl = PT15S,"
                + " but is PT20S'",
        "PROCESSGROUPS_STORE, redis, 'processgroups.store = redis needs the address in quarkus.redis.hosts'",
    })
    void illegalSetting_stopsTheStartWithASentence(String variable, String value, String sentence) throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "nodes"));
        try (NodeProcess node = NodeProcess.start("wrong", folder, Map.of(variable, value))) {
            assertThat(node.awaitExit()).isEqualTo(1);
            assertThat(node.output()).contains(sentence);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://:s3cr3t word@store:6379",
                "redis://store:6379,redis://:s3cr3t#@store:6379",
                "redis://:%s3cr3t@store:6379",
                "http://:s3cr3t@store:6379",
            })
    void illegalAddress_isRefusedWithoutShowingThePassword(String hosts) throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "nodes"));
        Map<String, String> variables = Map.of("PROCESSGROUPS_STORE", "redis", "QUARKUS_REDIS_HOSTS", hosts);
        try (NodeProcess node = NodeProcess.start("wrong", folder, variables)) {
            assertThat(node.awaitExit()).isEqualTo(1);
            assertThat(node.output()).containsIgnoringCase("redis").doesNotContain("s3cr3t");
        }
    }
}
