package io.plexspaces.processgroups.api.websocket.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonParser;
import io.plexspaces.processgroups.api.Encoded;
import io.plexspaces.processgroups.api.format.JsonText;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import org.junit.jupiter.api.Test;

/** What it takes to read JSON follows its length, whatever is in it. */
class JsonCostTest {
    /** The table of Jackson walks through names of one hash one by one, and so a client could make it slow. */
    @Test
    void longText_isReadWithoutATableOfNames() throws Exception {
        byte[] text = ("{\"name\":1,\"name\":\"" + "x".repeat(20_000) + "\"}").getBytes(UTF_8);
        try (JsonParser in = JsonText.parser(text)) {
            in.nextToken();
            in.nextToken();
            String first = in.currentName();
            in.nextToken();
            in.nextToken();
            assertThat(in.currentName()).isEqualTo(first).isNotSameAs(first);
        }
    }

    @Test
    void moreElementsThanAnyRequestNeeds_areRefusedNamingTheField() {
        StringBuilder headers = new StringBuilder("\"name\":\"\"");
        for (int i = 0; i < Encoded.MOST_ELEMENTS; i++) {
            headers.append(",\"").append(i).append("\":\"\"");
        }
        UnreadableRequest refused =
                refused("{\"requestId\":6,\"publish\":{\"message\":{\"headers\":{" + headers + "}}}}");
        assertThat(refused.reason().field()).isEqualTo("message.headers");
        assertThat(refused.requestId()).isEqualTo(6);
        assertThat(refused("{\"join\":{\"topics\":[\"\"" + ",\"\"".repeat(Encoded.MOST_ELEMENTS) + "]}}")
                        .reason()
                        .field())
                .isEqualTo("topics");
    }

    /** Their table is shared: names of one must not make others fail. */
    @Test
    void namesMadeToMeet_areReadLikeAnyOther() throws Exception {
        for (int round = 0; round < 40; round++) {
            StringBuilder data = new StringBuilder("{");
            for (int i = 0; i < 700; i++) {
                int n = round * 700 + i;
                // What is counted up in one quad of four letters is counted down in the next: the sum is the same.
                data.append(i == 0 ? "\"" : ",\"")
                        .append("aaaaaaaaaaaa")
                        .append(quad(n))
                        .append(quad(65_535 - n))
                        .append("\":0");
            }
            assertThat(read("{\"publish\":{\"message\":{\"data\":" + data + "}}}}")
                            .getPublish()
                            .getMessage()
                            .getPayload()
                            .size())
                    .isEqualTo(data.length() + 1);
        }
        assertThat(read("{\"requestId\":5}").getRequestId()).isEqualTo(5);
    }

    private static String quad(int n) {
        char[] letters = new char[4];
        for (int i = 0; i < 4; i++) {
            letters[i] = (char) ('A' + (n >> 4 * (3 - i) & 15));
        }
        return new String(letters);
    }

    private static UnreadableRequest refused(String json) {
        return catchThrowableOfType(UnreadableRequest.class, () -> read(json));
    }

    private static SessionRequest read(String json) throws UnreadableRequest {
        return FrameFormat.JSON.read(json.getBytes(UTF_8));
    }
}
