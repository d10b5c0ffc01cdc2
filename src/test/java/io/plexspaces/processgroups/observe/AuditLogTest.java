package io.plexspaces.processgroups.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plexspaces.processgroups.access.Attempt;
import io.plexspaces.processgroups.access.Caller;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuditLogTest {
    private static final Logger LOGGER = Logger.getLogger("audit");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final InetSocketAddress FROM = new InetSocketAddress("192.0.2.7", 4711);

    private final AtomicLong clock = new AtomicLong();
    private final List<String> lines = new ArrayList<>();
    private final AuditLog audit = new AuditLog(clock::get);

    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(ExtLogRecord.wrap(line).getFormattedMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOGGER.addHandler(handler);
    }

    @AfterEach
    void stopListening() {
        LOGGER.removeHandler(handler);
    }

    private static Attempt attempt(String subject, String operation) {
        return new Attempt(
                Caller.of("acme", subject, List.of(), null), FROM, operation, "other", "default", "room", null);
    }

    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException illegal) {
            throw new AssertionError(line, illegal);
        }
    }

    @Test
    void whatIsManaged_saysWhoWhereAndWhat() {
        audit.managed(attempt("ann", "create"), true);

        assertThat(lines)
                .containsExactly("{\"caller_tenant\":\"acme\",\"subject\":\"ann\",\"address\":\"192.0.2.7\","
                        + "\"operation\":\"create\",\"tenant\":\"other\",\"namespace\":\"default\","
                        + "\"group\":\"room\",\"allowed\":true}");
    }

    @Test
    void whatTheStoreHasNotAnswered_isDonePerhaps() {
        audit.managed(attempt("ann", "delete"), false);

        assertThat(lines).hasSize(1);
        assertThat(json(lines.get(0)).path("allowed").asBoolean()).isTrue();
        assertThat(json(lines.get(0)).path("outcome").asText()).isEqualTo("unknown");
    }

    @Test
    void bans_sayForHowLong() {
        audit.managed(attempt("ann", "evict").banning(Duration.ofMinutes(10)), true);
        audit.managed(attempt("ann", "evict").banning(Duration.ZERO), true);
        audit.managed(attempt("ann", "evict").banning(null), true);

        assertThat(lines.stream().map(line -> json(line).path("ban").asText("none")))
                .containsExactly("PT10M", "PT0S", "none");
    }

    @Test
    void evictionsEverywhere_sayThat() {
        Caller ann = Caller.of("acme", "ann", List.of(), null);
        Attempt everywhere = new Attempt(ann, FROM, "evict", "acme", null, null, "eve");
        audit.managed(everywhere.banning(Duration.ofDays(1)), true);

        assertThat(lines)
                .containsExactly("{\"caller_tenant\":\"acme\",\"subject\":\"ann\",\"address\":\"192.0.2.7\","
                        + "\"operation\":\"evict\",\"tenant\":\"acme\",\"actor\":\"eve\",\"everywhere\":true,"
                        + "\"ban\":\"PT24H\",\"allowed\":true}");
    }

    @Test
    void refusals_sayWhyNot() {
        audit.denied(attempt("ann", "delete"), "tenant_id: manage is not permitted");
        audit.notLetIn("expired", FROM);
        audit.notLetIn("missing", null);

        JsonNode denied = json(lines.get(0));
        assertThat(denied.path("allowed").asBoolean(true)).isFalse();
        assertThat(denied.path("reason").asText()).isEqualTo("tenant_id: manage is not permitted");
        assertThat(lines.subList(1, 3))
                .containsExactly(
                        "{\"address\":\"192.0.2.7\",\"allowed\":false,\"reason\":\"expired\"}",
                        "{\"allowed\":false,\"reason\":\"missing\"}");
    }

    /** The subject of a token may hold anything. */
    @Test
    void textsOfClients_cannotMakeALineOfTheirOwn() {
        String subject = "ann\",\"allowed\":true}\n{\"subject\":\"root \u2028\u001b[2J";
        audit.denied(attempt(subject, "join"), "");

        String line = lines.get(0);
        assertThat(line.chars()).noneMatch(c -> c < ' ' || c > '~');
        assertThat(json(line).path("subject").asText()).isEqualTo(subject);
        assertThat(json(line).path("allowed").asBoolean(true)).isFalse();
    }

    @Test
    void flood_hasAHundredLinesASecond_andTheNextSaysHowManyWereLeftOut() {
        for (int i = 0; i < 5_000; i++) {
            audit.notLetIn("signature", FROM);
        }
        assertThat(lines).hasSize(AuditLog.A_SECOND);
        audit.managed(attempt("ann", "delete"), true);
        assertThat(lines).hasSize(AuditLog.A_SECOND + 1);

        audit.denied(attempt("ann", "join"), "");
        assertThat(json(lines.get(AuditLog.A_SECOND + 1)).path("subject").asText())
                .as("is not hidden by strangers")
                .isEqualTo("ann");
        assertThat(json(lines.get(AuditLog.A_SECOND + 1)).has("left_out")).isFalse();

        clock.addAndGet(1_000_000_000);
        audit.notLetIn("signature", FROM);
        audit.notLetIn("signature", FROM);
        assertThat(json(lines.get(AuditLog.A_SECOND + 2)).path("left_out").asInt())
                .isEqualTo(4_900);
        assertThat(json(lines.get(AuditLog.A_SECOND + 3)).has("left_out")).isFalse();
    }
}
