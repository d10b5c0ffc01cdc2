package io.plexspaces.processgroups.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.deploy.Environments;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What servers are deployed with would let them start. */
class DeployedConfigTest {
    static Stream<Environments.Environment> environments() {
        return Environments.all();
    }

    @ParameterizedTest
    @MethodSource("environments")
    void keys_exist_andValuesAreInRange(Environments.Environment environment) {
        ProcessGroupsConfig config = config(environment.variables());
        List<ConfigKey> keys = ConfigKey.all();

        assertThat(environment.variables().keySet())
                .filteredOn(name -> name.startsWith("PROCESSGROUPS_"))
                .isNotEmpty()
                .isSubsetOf(keys.stream().map(ConfigKey::variable).toList());
        assertThat(ConfigCheck.complaints(config)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("environments")
    void keysOfThePlatform_areDocumented(Environments.Environment environment) {
        assertThat(environment.variables().keySet())
                .filteredOn(name -> name.startsWith("QUARKUS_"))
                .isSubsetOf(Environments.documented());
    }

    @Test
    void fileOfTheSecuredServers_hasKeysThatExist_andLetsThemStart() {
        Map<String, String> file = Environments.secured();

        assertThat(file.keySet())
                .filteredOn(key -> key.startsWith(ConfigGuard.PREFIX))
                .isNotEmpty()
                .isSubsetOf(ConfigKey.all().stream().map(ConfigKey::name).toList());
        assertThat(ConfigCheck.complaints(config(new PropertiesConfigSource(file, "secured", 260))))
                .isEmpty();
    }

    private static ProcessGroupsConfig config(Map<String, String> variables) {
        return config(new EnvConfigSource(variables, 300));
    }

    private static ProcessGroupsConfig config(ConfigSource source) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withInterceptors(new ConfigGuard())
                .withMapping(ProcessGroupsConfig.class)
                .withConverter(java.time.Duration.class, 200, new DurationConverter())
                .withConverter(io.quarkus.runtime.configuration.MemorySize.class, 200, new MemorySizeConverter())
                .withSources(source)
                .build()
                .getConfigMapping(ProcessGroupsConfig.class);
    }
}
