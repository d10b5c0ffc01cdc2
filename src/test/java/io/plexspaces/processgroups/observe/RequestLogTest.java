package io.plexspaces.processgroups.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.domain.GroupException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RequestLogTest {
    private static final Logger LOGGER = Logger.getLogger("io.plexspaces.processgroups.requests");

    private final List<ExtLogRecord> lines = new CopyOnWriteArrayList<>();
    private final RequestLog log = new RequestLog(10);
    private final Subject orders = Subject.of(Requests.group("orders"), Requests.ACTOR, null);
    private final GroupException unknown = GroupException.groupNotFound(Requests.group("orders"));

    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            ExtLogRecord wrapped = ExtLogRecord.wrap(line);
            wrapped.copyAll();
            lines.add(wrapped);
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
        LOGGER.setLevel(null);
    }

    private List<String> texts() {
        return lines.stream().map(ExtLogRecord::getFormattedMessage).toList();
    }

    private void refuse(int times) {
        for (int i = 0; i < times; i++) {
            log.failed(UseCase.PUBLISH, orders, null, unknown);
        }
    }

    @Test
    void refusal_isOneWarningWithFields_andNoStack() {
        Span span = Span.wrap(SpanContext.create(
                "4bf92f3577b34da6a3ce929d0e0e4736",
                "00f067aa0ba902b7",
                TraceFlags.getSampled(),
                TraceState.getDefault()));

        log.failed(UseCase.PUBLISH, orders, span, unknown);

        assertThat(texts())
                .containsExactly("publish tenant=acme namespace=default group=orders actor=alice: GROUP_NOT_FOUND:"
                        + " no group orders in namespace default of tenant acme");
        ExtLogRecord line = lines.get(0);
        assertThat(line.getLevel().getName()).isEqualTo("WARN");
        assertThat(line.getThrown()).isNull();
        assertThat(line.getMdcCopy())
                .containsEntry("tenant", "acme")
                .containsEntry("group", "orders")
                .containsEntry("actor", "alice")
                .containsEntry("traceId", "4bf92f3577b34da6a3ce929d0e0e4736");
    }

    @Test
    void flood_hasAFewLines_andACountOfTheOthers() {
        refuse(1_000);
        log.failed(UseCase.JOIN, orders, null, unknown);
        assertThat(lines).hasSize(11);

        log.summarize();
        assertThat(texts()).last().isEqualTo("publish: GROUP_NOT_FOUND, 990 more times");
        assertThat(lines).hasSize(12);

        log.summarize();
        assertThat(lines).hasSize(12);
        refuse(3);
        assertThat(lines).hasSize(15);
    }

    @Test
    void defect_isNamedByItsKindAlone_asItsTextMayHoldAnything() {
        log.failed(UseCase.PUBLISH, orders, null, new IllegalStateException("a defect"));

        assertThat(texts()).singleElement().asString().endsWith("INTERNAL: java.lang.IllegalStateException");
        assertThat(lines.get(0).getThrown()).isNull();
    }

    @Test
    void success_isADebugLine_andTellsItsAnswerAtTrace() {
        LOGGER.setLevel(Level.INFO);
        log.succeeded(UseCase.CREATE, orders, null, true);
        assertThat(lines).isEmpty();

        LOGGER.setLevel(Level.FINE);
        log.succeeded(UseCase.CREATE, orders, null, true);
        assertThat(texts()).containsExactly("create tenant=acme namespace=default group=orders actor=alice: done");

        LOGGER.setLevel(Level.ALL);
        log.begun(UseCase.DELETE, orders, null);
        log.succeeded(UseCase.DELETE, orders, null, true);
        assertThat(texts())
                .containsSequence(
                        "delete tenant=acme namespace=default group=orders actor=alice: begun",
                        "delete tenant=acme namespace=default group=orders actor=alice: existed: true",
                        "delete tenant=acme namespace=default group=orders actor=alice: done");
    }
}
