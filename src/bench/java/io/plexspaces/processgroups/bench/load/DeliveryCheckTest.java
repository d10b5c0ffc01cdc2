package io.plexspaces.processgroups.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The benchmark's own check must see what it is there for. */
class DeliveryCheckTest {
    private static final int STREAM = 7;

    private final Tally tally = new Tally();
    private final Subscriber subscriber = new Subscriber(tally, STREAM, 2, stream -> stream == STREAM, false);
    private final Template template =
            new Template(("{\"text\":\"" + new String(Payload.blank(), US_ASCII) + "\"}").getBytes(US_ASCII));

    @Test
    void messages_eachOnceInOrder_haveNoFault() {
        receive(0, 1, 2, 3);

        assertThat(faults(4)).isEqualTo(Faults.NONE);
        assertThat(tally.received()).isEqualTo(4);
    }

    @Test
    void message_leftOut_isLost() {
        receive(0, 2, 3);

        assertThat(faults(4)).isEqualTo(new Faults(1, 0, 0, 0));
    }

    @Test
    void messages_missingAtTheEnd_areLost() {
        receive(0, 1);

        assertThat(faults(4)).isEqualTo(new Faults(2, 0, 0, 0));
    }

    @Test
    void message_thatComesAgain_isADuplicate() {
        receive(0, 1, 1, 2, 0);

        assertThat(faults(3)).isEqualTo(new Faults(0, 2, 0, 0));
    }

    @Test
    void message_overtakenByOthers_isReordered() {
        receive(0, 2, 3, 1);

        assertThat(faults(4)).isEqualTo(new Faults(0, 0, 1, 0));
    }

    @Test
    void message_ofAnotherStream_isUnwanted() {
        receive(0);
        receiveOf(STREAM + 1, 0);
        receiveOf(STREAM - 1, 0);
        receiveOf(STREAM + 2, 0);

        assertThat(faults(1)).isEqualTo(new Faults(0, 0, 0, 3));
    }

    @Test
    void message_neverPublished_isUnwanted() {
        receive(0, 1);

        assertThat(faults(1)).isEqualTo(new Faults(0, 0, 0, 1));
    }

    @Test
    void eventWithoutPayload_afterTheFirst_fails() {
        ByteBuffer event = ByteBuffer.wrap("{\"gap\":{}}".getBytes(US_ASCII));
        subscriber.event(event, 0, event.limit());
        assertThat(tally.ready()).isEqualTo(1);
        assertThat(tally.failures()).isZero();

        subscriber.event(event, 0, event.limit());

        assertThat(tally.firstFailures()).containsExactly("a subscriber got: {\"gap\":{}}");
    }

    @Test
    void numbersAndTimes_surviveTheirWayThroughText() {
        ByteBuffer event = ByteBuffer.allocate(template.size());
        template.write(event, 0x1234_5678, Integer.MAX_VALUE, -1_234_567_890_123_456_789L);

        int at = Payload.find(event, 0, event.limit());
        assertThat(Payload.stream(event, at)).isEqualTo(0x1234_5678);
        assertThat(Payload.number(event, at)).isEqualTo(Integer.MAX_VALUE);
        assertThat(Payload.due(event, at)).isEqualTo(-1_234_567_890_123_456_789L);
        assertThat(new String(event.array(), US_ASCII)).matches("[ -~]+");
    }

    @Test
    void latency_isCountedFromTheTimeAMessageWasDue() {
        long now = System.nanoTime();
        tally.recordLatenciesFrom(now - Duration.ofSeconds(5).toNanos());
        ByteBuffer event = ByteBuffer.allocate(template.size());
        template.write(event, STREAM, 0, now - Duration.ofSeconds(3).toNanos());

        subscriber.event(event, 0, event.limit());

        assertThat(tally.latencies().getTotalCount()).isEqualTo(1);
        assertThat(tally.latencies().getMinValue())
                .isGreaterThan(Duration.ofMillis(2900).toNanos());
    }

    private void receive(int... numbers) {
        for (int number : numbers) {
            receiveOf(STREAM, number);
        }
        subscriber.batchDone();
    }

    private void receiveOf(int stream, int number) {
        ByteBuffer event = ByteBuffer.allocate(template.size());
        template.write(event, stream, number, System.nanoTime());
        subscriber.event(event, 0, event.position());
    }

    private Faults faults(int published) {
        return subscriber.faults(stream -> stream == STREAM ? published : 0);
    }
}
