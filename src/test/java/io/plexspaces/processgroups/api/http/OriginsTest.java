package io.plexspaces.processgroups.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginsTest {
    private static final Set<String> LISTED = Set.of("https://listed.example", "http://Other.example:80");

    /** A page that was loaded from a name of its own is no less foreign when that name leads here. */
    @ParameterizedTest
    @CsvSource({
        "http://localhost:3000,       localhost:8080,     true",
        "http://LOCALHOST,            127.0.0.1:8080,     true",
        "http://app.localhost:8080,   app.localhost:8080, true",
        "http://127.0.0.1,            127.0.0.1,          true",
        "http://127.8.9.1:8080,       127.8.9.1:8080,     true",
        "http://[::1]:5173,           [::1]:8080,         true",
        "http://localhost.:8080,      localhost.:8080,    true",
        "http://evil.example,         127.0.0.1:8080,     false",
        "http://evil.example:8080,    evil.example:8080,  false",
        "http://localhost:3000,       evil.example:8080,  false",
        "http://localhost.evil,       localhost.evil,     false",
        "http://127.0.0.1.evil,       127.0.0.1.evil,     false",
        "http://192.168.1.5:8080,     192.168.1.5:8080,   false",
        "https://listed.example,      listed.example,     true",
        "https://listed.example:443,  listed.example:80,  true",
        "https://Listed.example,      127.0.0.1:8080,     true",
        "http://other.example,        127.0.0.1:8080,     true",
        "http://localhost:3000,       listed.example,     true",
        "https://listed.example:8443, listed.example,     false",
        "http://listed.example,       listed.example,     false",
        "null,                        127.0.0.1:8080,     false",
        "'',                          127.0.0.1:8080,     false",
        "'http://a b',                127.0.0.1:8080,     false",
        "file://,                     127.0.0.1:8080,     false"
    })
    void onLoopback_namesOfThisMachineAndThoseListedMayConnect(String origin, String host, boolean accepted) {
        for (String listener : new String[] {"127.0.0.1", "localhost", "::1", "127.0.0.9"}) {
            assertThat(new Origins(LISTED, listener).accept(origin, host))
                    .as(listener)
                    .isEqualTo(accepted);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://192.168.1.5:8080,   192.168.1.5:8080,  true",
        "http://192.168.1.5,        192.168.1.5:80,    true",
        "https://192.168.1.5,       192.168.1.5,       true",
        "http://[fd00::1]:8080,     [fd00::1]:8080,    true",
        "http://192.168.1.5:8081,   192.168.1.5:8080,  false",
        "https://192.168.1.5,       192.168.1.5:80,    false",
        "http://192.168.1.6:8080,   192.168.1.5:8080,  false",
        "http://localhost:3000,     app.example,       true",
        "http://127.0.0.1,          app.example,       true",
        "http://[::1]:5173,         app.example,       true",
        "http://evil.example:8080,  evil.example:8080, false",
        "https://listed.example,    app.example,       true",
        "https://evil.example,      app.example,       false",
        "null,                      app.example,       false"
    })
    void elsewhere_itsOwnAddressesMayToo_butNoNameThatIsNotListed(String origin, String host, boolean accepted) {
        assertThat(new Origins(LISTED, "0.0.0.0").accept(origin, host)).isEqualTo(accepted);
    }

    @Test
    void absentOriginOrAllAllowed_passes() {
        assertThat(new Origins(Set.of(), "127.0.0.1").accept(null, "app.example"))
                .isTrue();
        assertThat(new Origins(Set.of("*"), "127.0.0.1").accept("https://evil.example", null))
                .isTrue();
        assertThat(new Origins(Set.of("null"), "127.0.0.1").accept("null", "app.example"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, localhost:8080,    true",
        "127.0.0.1, 127.0.0.1,         true",
        "127.0.0.1, [::1]:8080,        true",
        "127.0.0.1, listed.example,    true",
        "127.0.0.1, LISTED.example:80, true",
        "127.0.0.1, evil.example:8080, false",
        "127.0.0.1, 192.168.1.5,       false",
        "0.0.0.0,   evil.example:8080, true"
    })
    void host_isKnownOnLoopback(String listener, String host, boolean own) {
        assertThat(new Origins(LISTED, listener).isOwn(host)).isEqualTo(own);
        assertThat(new Origins(Set.of("*"), listener).isOwn(host)).isTrue();
        assertThat(new Origins(LISTED, listener).isOwn(null)).isTrue();
    }
}
