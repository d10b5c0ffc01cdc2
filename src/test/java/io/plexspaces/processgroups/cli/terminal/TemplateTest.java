package io.plexspaces.processgroups.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
    private static final Json EVENT = Json.parse("""
            {"groupName":"g","offset":"7","topic":"a.b","message":{"senderId":"ann","text":"one\\ntwo \\u001b[31m",
            "headers":{"lang":"en"}}}""");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{topic} {offset}|a.b 7",
                "{sender}@{group}: {header.lang}{header.none}|ann@g: en",
                "{{topic}}|{a.b}",
                "{}|{}",
            })
    void places_areFilled(String template, String expected) {
        assertThat(new Template(template).line(EVENT, false)).isEqualTo(expected);
    }

    @Test
    void escapes_areThoseOfTheTemplate_notOfThePayload() {
        assertThat(new Template("{topic}\\t{data}").line(EVENT, false)).isEqualTo("a.b\tone\\ntwo \u001b[31m");
    }

    @Test
    void whatATerminalWouldObey_isEscaped() {
        assertThat(new Template("{data}").line(EVENT, true)).isEqualTo("one\\ntwo \\u001b[31m");
    }

    @Test
    void unknownPlace_isRefusedNamingThoseThereAre() {
        assertThatThrownBy(() -> new Template("{topik}"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("{topik}")
                .hasMessageContaining("{topic}");
    }
}
