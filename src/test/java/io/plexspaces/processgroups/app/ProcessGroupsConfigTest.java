package io.plexspaces.processgroups.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plexspaces.processgroups.quota.QuotaSettings;
import io.plexspaces.processgroups.quota.Quotas;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessGroupsConfigTest {
    @Test
    void defaults_areInRange() {
        assertThat(ConfigCheck.complaints(config(Map.of()))).isEmpty();
    }

    /** With what each key may be, below and above it, and what is nothing of its kind. */
    @TestFactory
    Stream<DynamicTest> everyKey_takesItsRangeAndRefusesTheRest() {
        return ConfigKey.all().stream()
                .map(key -> DynamicTest.dynamicTest(key.name(), () -> {
                    for (String value : allowed(key)) {
                        assertThat(key.complaint(value)).as(value).isNull();
                    }
                    for (String value : refused(key)) {
                        assertThat(key.complaint(value))
                                .as(value)
                                .isEqualTo(key.name() + " must be " + key.allowed() + ", but is "
                                        + (value.isEmpty() ? "empty" : value));
                    }
                }));
    }

    private static List<String> allowed(ConfigKey key) {
        Range range = key.range();
        if (range != null) {
            return List.of(range.min(), range.max(), Objects.requireNonNull(key.defaultValue()));
        } else if (key.type() == boolean.class) {
            return List.of("true", "false", "TRUE");
        } else if (key.type().isEnum()) {
            return Stream.of(key.type().getEnumConstants())
                    .map(Object::toString)
                    .flatMap(name ->
                            Stream.of(name, name.toLowerCase(Locale.ROOT).replace('_', '-')))
                    .toList();
        }
        return List.of("x");
    }

    private static List<String> refused(ConfigKey key) {
        Range range = key.range();
        if (range == null) {
            return key.type() == String.class
                    ? List.of("")
                    : key.type() == Optional.class ? List.of() : List.of("", "x");
        } else if (key.type() == Duration.class) {
            return List.of(
                    "",
                    "x",
                    "5 apples",
                    DurationConverter.parseDuration(range.min()).minusMillis(1).toString(),
                    DurationConverter.parseDuration(range.max()).plusMillis(1).toString());
        } else if (key.type() == MemorySize.class) {
            MemorySizeConverter sizes = new MemorySizeConverter();
            BigInteger min = sizes.convert(range.min()).asBigInteger();
            BigInteger max = sizes.convert(range.max()).asBigInteger();
            return List.of("", "x", "1X", "1.5M", "" + min.subtract(BigInteger.ONE), "" + max.add(BigInteger.ONE));
        }
        long min = Long.parseLong(range.min());
        long max = Long.parseLong(range.max());
        return List.of("", "x", "1.5", "1K", "99999999999", "" + (min - 1), "" + (max + 1));
    }

    @ParameterizedTest
    @CsvSource({
        "processgroups.session.grace, 2H, 'processgroups.session.grace must be a time from 0S to 1H, but is 2H'",
        "processgroups.limits.sessions, many,"
                + " 'processgroups.limits.sessions must be a number from 1 to 10000000, but is many'",
        "processgroups.store, disk, 'processgroups.store must be memory or redis, but is disk'",
        "processgroups.auth, basic, 'processgroups.auth must be none or jwt, but is basic'",
        "processgroups.auth.jwks-refresh, 1S,"
                + " 'processgroups.auth.jwks-refresh must be a time from 30S to 24H, but is 1S'",
        "processgroups.auth.none-anywhere, yes,"
                + " 'processgroups.auth.none-anywhere must be true or false, but is yes'",
    })
    void illegalValue_isRefusedBeforeItIsConverted(String key, String value, String sentence) {
        assertThatThrownBy(() -> config(Map.of(key, value))).hasMessageContaining(sentence);
    }

    @Test
    void valueOfAnExpression_isLookedAtToo() {
        assertThatThrownBy(() -> config(Map.of("processgroups.session.grace", "${pause}", "pause", "3H")))
                .hasMessageContaining("processgroups.session.grace must be a time from 0S to 1H, but is 3H");
    }

    @Test
    void consoleWithoutCertificates_isRefusedWhereTheyAreRequired() {
        Map<String, String> values =
                Map.of("processgroups.management.console", "true", "processgroups.tls.client-auth", "required");
        assertThatThrownBy(() -> ConfigCheck.check(config(values)))
                .hasMessageContaining("processgroups.management.console must not be true with");
    }

    @ParameterizedTest
    @CsvSource({
        "processgroups.node.id, a b, 'processgroups.node.id must be a name, but is a b'",
        "processgroups.retention.messages, 200000, processgroups.retention.messages must be at most",
        "processgroups.redis.prefix, a{b}, 'processgroups.redis.prefix must hold no braces, but is a{b}'",
        "processgroups.node.renew-interval, 15S, processgroups.node.renew-interval must be less than",
        "processgroups.retention.age, 48H, processgroups.retention.age must be at most",
        "processgroups.session.max-connection-age, 500ms, processgroups.session.max-connection-age must be 0, or more",
        "processgroups.session.idle-interval, 500ms, processgroups.session.idle-interval must be 0, or at least PT1S",
        "processgroups.memory.bytes, 1K, processgroups.memory.bytes must be at least 1048576",
        "processgroups.websocket.allowed-origins, 'https://a.example,b.example', but has b.example",
        "processgroups.quotas.tenants.a/b.requests, 1, processgroups.quotas.tenants.a/b must be the name of a tenant",
        "processgroups.auth, jwt, 'processgroups.auth = jwt needs exactly one of processgroups.auth.jwks-url'",
        "processgroups.auth.pem-file, a.pem, processgroups.auth.pem-file must not be set",
        "processgroups.auth.roles.a[0].ops, 'join,write', 'processgroups.auth.roles.a[0].ops[1]: must be join'",
    })
    void valuesThatDoNotGoTogether_areRefusedNamingTheKey(String key, String value, String sentence) {
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
    void audit_isOnWhereCallersAreKnown_unlessSomethingElseIsSaid() {
        Map<String, String> jwt = Map.of("processgroups.auth", "jwt");
        assertThat(ConfigCheck.audits(config(Map.of()))).isFalse();
        assertThat(ConfigCheck.audits(config(jwt))).isTrue();
        assertThat(ConfigCheck.audits(config(Map.of("processgroups.audit", "true"))))
                .isTrue();
        assertThat(ConfigCheck.audits(config(Map.of("processgroups.auth", "jwt", "processgroups.audit", "false"))))
                .isFalse();
        assertThatThrownBy(() -> config(Map.of("processgroups.audit", "yes")))
                .hasMessageContaining("processgroups.audit must be true or false, but is yes");
    }

    @Test
    void healthAndMetrics_haveAListenerOfTheirOwnWhereClientsComeFromElsewhere_unlessSomethingElseIsSaid() {
        for (String host : List.of("127.0.0.1", "0.0.0.0")) {
            Config platform = new SmallRyeConfigBuilder()
                    .withSources(new PropertiesConfigSource(Map.of("quarkus.http.host", host), "test", 1))
                    .build();
            assertThat(Listeners.haveManagement(config(Map.of()), platform)).isEqualTo(host.equals("0.0.0.0"));
            for (boolean enabled : new boolean[] {true, false}) {
                ProcessGroupsConfig said = config(Map.of("processgroups.management.enabled", "" + enabled));
                assertThat(Listeners.haveManagement(said, platform)).isEqualTo(enabled);
            }
        }
    }

    @Test
    void quotasOfATenant_areThoseByDefaultWhereItHasNone() {
        ProcessGroupsConfig config = config(Map.of(
                "processgroups.quotas.default.requests", "100",
                "processgroups.quotas.default.publishes", "50",
                "processgroups.quotas.default.members", "900",
                "processgroups.quotas.tenants.acme.publishes", "0",
                "processgroups.quotas.tenants.acme.members", "0",
                "processgroups.quotas.tenants.acme.groups", "3",
                "processgroups.quotas.tenants.\"a.b\".sessions", "7",
                "processgroups.quotas.session.published-bytes", "1000"));
        Quotas.Limits limits = QuotaWiring.limits(config.quotas());

        assertThat(limits.byDefault()).isEqualTo(new QuotaSettings(100, 50, 0, 0, 0, 900));
        assertThat(limits.own())
                .isEqualTo(Map.of(
                        "acme", new QuotaSettings(100, 0, 0, 0, 3, 0),
                        "a.b", new QuotaSettings(100, 50, 0, 7, 0, 900)));
        assertThat(limits.session()).isEqualTo(new QuotaSettings(0, 0, 1_000, 0));
        assertThatThrownBy(() -> config(Map.of("processgroups.quotas.tenants.\"a.b\".requests", "-2")))
                .hasMessageContaining(
                        "processgroups.quotas.tenants.\"a.b\".requests must be a number from -1 to 10000000,"
                                + " but is -2");
    }

    @Test
    void severalIllegalValues_areAllNamed() {
        assertThatThrownBy(() ->
                        config(Map.of("processgroups.limits.sessions", "-1", "processgroups.reaper.interval", "1H")))
                .hasMessageContaining("processgroups.limits.sessions")
                .hasMessageContaining("processgroups.reaper.interval");
    }

    @Test
    void table_isCompleteAndTrue() throws IOException {
        Map<String, List<String>> documented = documented();

        assertThat(documented.keySet())
                .containsExactlyElementsOf(
                        ConfigKey.all().stream().map(ConfigKey::name).toList());
        for (ConfigKey key : ConfigKey.all()) {
            List<String> row = documented.get(key.name());
            String byDefault = key.defaultValue() == null ? "" : key.defaultValue();
            assertThat(List.of(row.get(0), row.get(2), row.get(3)))
                    .as("default, variable and unit of %s", key.name())
                    .containsExactly(byDefault, key.variable(), unit(key));
            if (key.range() != null || key.type().isEnum() || key.type() == boolean.class) {
                assertThat(key.allowed())
                        .as("range of %s", key.name())
                        .endsWith(row.get(1).replace(", ", " or "));
            } else {
                assertThat(row.get(1)).as("range of %s", key.name()).isNotEmpty();
            }
        }
    }

    private static String unit(ConfigKey key) {
        if (key.type() == Duration.class) {
            return "time";
        }
        boolean isCount = key.type() == int.class && !key.name().endsWith(".port");
        return key.type() == MemorySize.class ? "bytes" : isCount ? "count" : "";
    }

    /** Key to default, range, variable and unit, of the rows that describe the service's own keys. */
    private static Map<String, List<String>> documented() throws IOException {
        Map<String, List<String>> rows = new TreeMap<>();
        try (Stream<String> lines = Files.lines(Path.of("docs/configuration.md"))) {
            lines.filter(line -> line.startsWith("| `processgroups.")).forEach(line -> {
                List<String> cells = Stream.of(line.split("\\|", -1))
                        .map(cell -> cell.replace("`", "").trim())
                        .toList();
                rows.put(cells.get(1), cells.subList(2, 6));
            });
        }
        return rows;
    }

    static ProcessGroupsConfig config(Map<String, String> values) {
        return config(new PropertiesConfigSource(values, "test", 300));
    }

    static ProcessGroupsConfig config(ConfigSource source) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withInterceptors(new ConfigGuard())
                .withMapping(ProcessGroupsConfig.class)
                .withConverter(Duration.class, 200, new DurationConverter())
                .withConverter(MemorySize.class, 200, new MemorySizeConverter())
                .withSources(source)
                .build()
                .getConfigMapping(ProcessGroupsConfig.class);
    }
}
