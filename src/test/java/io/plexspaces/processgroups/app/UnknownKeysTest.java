package io.plexspaces.processgroups.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnknownKeysTest {
    @ParameterizedTest
    @CsvSource({
        "processgroups.sesion.grace, processgroups.session.grace",
        "processgroups.session.gracee, processgroups.session.grace",
        "processgroups.auth.non-anywhere, processgroups.auth.none-anywhere",
        "PROCESSGROUPS_STOER, PROCESSGROUPS_STORE",
        "%prod.processgroups.stor, processgroups.store",
    })
    void typingError_isSaidWithTheNearestKey(String typed, String meant) {
        assertThat(UnknownKeys.complaints(List.of(typed)))
                .singleElement()
                .asString()
                .endsWith("is no configuration key; did you mean " + meant + "?");
    }

    @Test
    void keyThatIsNone_stopsTheStart() {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder()
                .withInterceptors(new ConfigGuard())
                .withSources(new PropertiesConfigSource(Map.of("processgroups.stoer", "redis"), "typed", 400));

        assertThatThrownBy(() -> builder.build().getPropertyNames().forEach(name -> {}))
                .hasStackTraceContaining("did you mean processgroups.store?");
    }

    @Test
    void everyKey_isKnown_inBothSpellings() {
        assertThat(UnknownKeys.complaints(
                        ConfigKey.all().stream().map(ConfigKey::name).toList()))
                .isEmpty();
        assertThat(UnknownKeys.complaints(
                        ConfigKey.all().stream().map(ConfigKey::variable).toList()))
                .isEmpty();
    }

    @Test
    void namesOfOperatorsAndOfOthers_areLeftAlone() {
        assertThat(UnknownKeys.complaints(List.of(
                        "quarkus.http.prot",
                        "processgroups.auth.roles.writer[0].ops",
                        "processgroups.quotas.tenants.acme.groups",
                        "PROCESSGROUPS_AUTH_ROLES_WRITER_0__OPS",
                        "PROCESSGROUPS_SERVICE_HOST",
                        "PROCESSGROUPS_PORT_9000_TCP_ADDR",
                        "PROCESSGROUPS_HEADLESS_SERVICE_PORT_GRPC",
                        "processgroups.test.besideEachOther")))
                .isEmpty();
    }
}
