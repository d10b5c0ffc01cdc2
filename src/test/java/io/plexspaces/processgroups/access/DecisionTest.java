package io.plexspaces.processgroups.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DecisionTest {
    @Test
    void refusal_saysTheOperationAndTheField() {
        assertThat(Decision.of(Operation.JOIN, Part.TOPIC).message()).isEqualTo("topics: join is not permitted");
        assertThat(Decision.of(Operation.JOIN, Part.ACTOR).message()).isEqualTo("actor_id: join is not permitted");
        assertThat(Decision.of(Operation.PUBLISH, Part.TOPIC).field()).isEqualTo("topic");
        assertThat(Decision.of(Operation.PUBLISH, Part.ACTOR).field()).isEqualTo("message.sender_id");
        assertThat(Decision.of(Operation.READ, Part.TENANT).message()).isEqualTo("tenant_id: read is not permitted");
        assertThat(Decision.of(Operation.MANAGE, Part.OPERATION).message()).isEqualTo("manage is not permitted");
    }

    @Test
    void each_isMadeOnce_andSaysWhatItIsFor() {
        for (Operation operation : Operation.values()) {
            for (Part part : Part.values()) {
                Decision decision = Decision.of(operation, part);
                assertThat(decision).isEqualTo(new Decision(operation, part));
                assertThat(decision).isSameAs(Decision.of(operation, part));
                assertThat(decision.allowed()).isEqualTo(part == Part.NOTHING);
            }
        }
    }
}
