package io.plexspaces.processgroups.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.log.NodeLease;
import io.plexspaces.processgroups.log.NodeLeases;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusDocumentTest {
    private long now = 1;
    private int written;
    private int asked;
    private boolean isAway;

    @Test
    void document_isWrittenOnceASecond_howeverManyAsk() {
        Map<String, StatusDocument.Section> sections = new LinkedHashMap<>();
        sections.put("a", json -> json.writeNumber(++written));
        sections.put("b", json -> json.writeString("\"<é"));
        StatusDocument document = new StatusDocument(sections, () -> now);

        for (int i = 0; i < 100; i++) {
            assertThat(new String(document.json(), UTF_8)).isEqualTo("{\"a\":1,\"b\":\"\\\"<é\"}");
        }
        now += Duration.ofSeconds(2).toNanos();
        assertThat(new String(document.json(), UTF_8)).startsWith("{\"a\":2");
    }

    private final NodeLeases leases = new NodeLeases() {
        @Override
        public Uni<NodeLease> acquire(NodeId node) {
            throw new AssertionError();
        }

        @Override
        public Uni<NodeLease> reacquire(NodeLease lapsed) {
            throw new AssertionError();
        }

        @Override
        public Uni<Void> renew(NodeLease lease) {
            throw new AssertionError();
        }

        @Override
        public Uni<Void> release(NodeLease lease, Duration grace) {
            throw new AssertionError();
        }

        @Override
        public Uni<List<Known>> known(int most) {
            asked++;
            return isAway
                    ? Uni.createFrom().failure(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away"))
                    : Uni.createFrom().item(List.of(new Known(new NodeLease(new NodeId("n"), asked), null)));
        }
    };

    private static void refresh(KnownNodes nodes) {
        nodes.refresh().await().indefinitely();
    }

    @Test
    void nodes_areReadWhileSomebodyWantsToKnowAlone() {
        KnownNodes nodes = new KnownNodes(leases, () -> now);
        refresh(nodes);
        assertThat(asked).isZero();

        assertThat(nodes.known().nodes()).isEmpty();
        refresh(nodes);
        assertThat(nodes.known().nodes())
                .extracting(known -> known.lease().incarnation())
                .containsExactly(1L);

        now += Duration.ofMinutes(1).toNanos();
        refresh(nodes);
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void storeThatIsAway_leavesWhatWasKnown_whichGrowsOld() {
        KnownNodes nodes = new KnownNodes(leases, () -> now);
        nodes.known();
        refresh(nodes);
        isAway = true;
        now += Duration.ofSeconds(20).toNanos();
        refresh(nodes);

        assertThat(nodes.known().nodes()).hasSize(1);
        assertThat(nodes.known().age()).isEqualTo(Duration.ofSeconds(20));
    }
}
