package io.plexspaces.processgroups.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "12345678901234567890.10",
                "{\"b\": 1, \"a\":[1,  2]}",
                "\"a \\u00e9\\n\"",
                "null",
                "true",
                "[ ]",
                "-0.0"
            })
    void data_staysAsItWasWritten(String data) {
        Json read = Json.parse("{\"message\":{\"data\":" + data + " ,\"id\":\"x\"}}");

        assertThat(read.object("message").text("data")).isEqualTo(data);
        assertThat(read.object("message").text("id")).isEqualTo("x");
        assertThat(read.toString()).isEqualTo("{\"message\":{\"data\":" + data + ",\"id\":\"x\"}}");
    }

    @Test
    void whatIsMissing_isEmpty() {
        Json read = Json.parse("{\"a\":null}");

        assertThat(read.has("a")).isFalse();
        assertThat(read.text("b")).isEmpty();
        assertThat(read.number("b")).isZero();
        assertThat(read.object("b").names()).isEmpty();
        assertThat(read.objects("b")).isEmpty();
    }

    @Test
    void numbers_areReadFromTextsToo() {
        Json read = Json.parse("{\"a\":\"9223372036854775807\",\"b\":7,\"c\":\"x\"}");

        assertThat(read.number("a")).isEqualTo(Long.MAX_VALUE);
        assertThat(read.number("b")).isEqualTo(7);
        assertThat(read.number("c")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{\"a\":}", "{} {}", "{\"a\":1"})
    void whatIsNoObject_isRefused(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void depth_isBounded() {
        String deep = "{\"a\":".repeat(300) + "1" + "}".repeat(300);

        assertThatThrownBy(() -> Json.parse(deep)).isInstanceOf(IllegalArgumentException.class);
    }
}
