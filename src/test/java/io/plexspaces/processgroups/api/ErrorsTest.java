package io.plexspaces.processgroups.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.api.http.call.Refusal;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.proto.v1.Error;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ErrorsTest {
    private static final Path DOCS = Path.of("docs", "errors.md");
    private static final Pattern REASON =
            Pattern.compile("(?m)^\\| ([A-Z_]+) \\| ([A-Z_]+) \\| (\\d{3}) \\| (\\d{4}) \\| (yes|no) \\| .+ \\|$");
    private static final Pattern CLOSE =
            Pattern.compile("(?m)^\\| (\\d{4}) \\| (yes|no|as you like)[^|]* \\| (.+) \\|$");

    @Test
    void documentedReasons_areExactlyThoseOfTheCode() throws IOException {
        Map<String, List<String>> documented = new TreeMap<>();
        Matcher row = REASON.matcher(Files.readString(DOCS));
        while (row.find()) {
            documented.put(row.group(1), List.of(row.group(2), row.group(3), row.group(4), row.group(5)));
        }

        Map<String, List<String>> actual = new TreeMap<>();
        for (ErrorCode code : ErrorCode.values()) {
            actual.put(
                    code.name(),
                    List.of(
                            Errors.status(code).name(),
                            String.valueOf(Refusal.status(Errors.status(code))),
                            String.valueOf(Errors.closeCode(code)),
                            code.retryable() ? "yes" : "no"));
        }
        assertThat(documented).isEqualTo(actual);
    }

    @Test
    void documentedCloseCodes_coverTheCodeAndAgreeOnReconnecting() throws IOException {
        Map<Integer, String> reconnect = new HashMap<>();
        Map<Integer, String> meaning = new HashMap<>();
        Matcher row = CLOSE.matcher(Files.readString(DOCS));
        while (row.find()) {
            reconnect.put(Integer.parseInt(row.group(1)), row.group(2));
            meaning.put(Integer.parseInt(row.group(1)), row.group(3));
        }

        Map<Integer, TreeSet<String>> reasons = new HashMap<>();
        for (ErrorCode code : ErrorCode.values()) {
            int close = Errors.closeCode(code);
            assertThat(reconnect).as(code.name()).containsEntry(close, code.retryable() ? "yes" : "no");
            reasons.computeIfAbsent(close, unseen -> new TreeSet<>()).add(code.name());
        }
        assertThat(meaning).containsKeys(1000, 1001, 1002, 1003, 1007, 1009, 1012, 1013);
        meaning.keySet().stream().filter(close -> close >= 4000).forEach(close -> assertThat(reasons.get(close))
                .as("reasons of %d", close)
                .allSatisfy(reason -> assertThat(meaning.get(close)).contains(reason)));
        assertThat(meaning.keySet()).containsAll(reasons.keySet());
    }

    @Test
    void expectedFailure_isToldAsItIs() {
        Error error = Errors.toProto(
                Errors.expected(new CompletionException(GroupException.invalid("topic", "must not be empty"))));

        assertThat(error.getReason()).isEqualTo("INVALID_ARGUMENT");
        assertThat(error.getField()).isEqualTo("topic");
        assertThat(error.getMessage()).isEqualTo("topic: must not be empty");
        assertThat(error.getStatus()).isEqualTo(3);
        assertThat(error.getRetryable()).isFalse();
    }

    @Test
    void defect_tellsNothingOfItself() {
        Error error = Errors.toProto(Errors.expected(new IllegalStateException("secret of com.example.Thing")));

        assertThat(error.getReason()).isEqualTo("INTERNAL");
        assertThat(error.getMessage()).isEqualTo("internal error");
        assertThat(error.getStatus()).isEqualTo(13);
        assertThat(error.getRetryable()).isTrue();
    }
}
