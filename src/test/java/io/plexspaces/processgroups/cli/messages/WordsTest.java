package io.plexspaces.processgroups.cli.messages;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.proto.v1.Event;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The command line has words for every event that it may get. */
class WordsTest {
    /** What it prints otherwise, and what only says that a request was done. */
    private static final Set<String> OTHERWISE = Set.of("message", "answer", "subscribed", "asked", "askCompleted");

    static List<String> kinds() {
        return Event.getDescriptor().getOneofs().get(0).getFields().stream()
                .map(FieldDescriptor::getJsonName)
                .filter(kind -> !OTHERWISE.contains(kind))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyEvent_hasWords(String kind) {
        Json event =
                Json.object().put("groupName", "room").put(kind, Json.object().put("actorId", "ann"));

        assertThat(Events.sentence(event)).isNotBlank();
    }
}
