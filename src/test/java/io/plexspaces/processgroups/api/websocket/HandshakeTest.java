package io.plexspaces.processgroups.api.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.plexspaces.processgroups.api.websocket.format.FrameFormat;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.proto.v1.OverflowPolicy;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeTest {
    @ParameterizedTest
    @CsvSource({
        "https://app.example,    app.example,      true",
        "https://app.example,    app.example:443,  true",
        "http://app.example:80,  app.example,      true",
        "http://APP.example:8080,app.example:8080, true",
        "http://app.example:8081,app.example:8080, false",
        "https://app.example,    app.example:80,   false",
        "http://localhost:3000,  app.example,      true",
        "http://127.0.0.1,       app.example,      true",
        "http://[::1]:5173,      app.example,      true",
        "http://localhost.evil,  app.example,      false",
        "https://listed.example, app.example,      true",
        "http://listed.example,  app.example,      false",
        "https://evil.example,   app.example,      false",
        "null,                   app.example,      false",
        "'',                     app.example,      false",
        "'http://a b',           app.example,      false",
        "file://,                app.example,      false"
    })
    void origin_isCheckedAgainstHostAndList(String origin, String host, boolean accepted) {
        assertThat(new Origins(Set.of("https://listed.example")).accept(origin, host))
                .isEqualTo(accepted);
    }

    @Test
    void origin_absentOrAllAllowed_passes() {
        assertThat(new Origins(Set.of()).accept(null, "app.example")).isTrue();
        assertThat(new Origins(Set.of("*")).accept("https://evil.example", null))
                .isTrue();
        assertThat(new Origins(Set.of("null")).accept("null", "app.example")).isTrue();
    }

    @Test
    void subprotocol_unknownOnly_isNotAcceptable() {
        assertThat(Subprotocols.isAcceptable(List.of())).isTrue();
        assertThat(Subprotocols.isAcceptable(List.of(""))).isTrue();
        assertThat(Subprotocols.isAcceptable(List.of("chat, processgroups.v1.proto")))
                .isTrue();
        assertThat(Subprotocols.isAcceptable(List.of("chat", "processgroups.v1.json")))
                .isTrue();
        assertThat(Subprotocols.isAcceptable(List.of("chat, processgroups.v2.json")))
                .isFalse();
    }

    @Test
    void subprotocol_none_isJson() {
        assertThat(Subprotocols.format(null)).isSameAs(FrameFormat.JSON);
        assertThat(Subprotocols.format("")).isSameAs(FrameFormat.JSON);
        assertThat(Subprotocols.format("processgroups.v1.proto")).isSameAs(FrameFormat.PROTO);
    }

    @Test
    void url_withEverything_isASubscription() {
        String query = "actor=alice&topics=a,b.*&topics=c.%3E&resume=secret&epoch=e1&offset=7&snapshot=true"
                + "&overflow=drop_oldest";

        assertThat(SubscribeUrl.read("acme", "prod", "news", query))
                .isEqualTo(SubscribeRequest.newBuilder()
                        .setTenantId("acme")
                        .setNamespace("prod")
                        .setGroupName("news")
                        .setActorId("alice")
                        .addAllTopics(List.of("a", "b.*", "c.>"))
                        .setResumeToken("secret")
                        .setAfter(Position.newBuilder().setEpoch("e1").setOffset(7))
                        .setSnapshot(true)
                        .setOverflowPolicy(OverflowPolicy.DROP_OLDEST)
                        .build());
        assertThat(SubscribeUrl.read("acme", "prod", "news", "actor=a&topics=").getTopicsCount())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "actor=a&topic=b|query",
                "actor=a&x=%zz|query",
                "actor=a&actor=b|actor",
                "actor=a&snapshot=1|snapshot",
                "actor=a&overflow=block|overflow",
                "actor=a&offset=1|after",
                "actor=a&epoch=e|after",
                "actor=a&epoch=e&offset=x|offset"
            })
    void url_withAWrongParameter_namesIt(String query, String field) {
        GroupException refused =
                catchThrowableOfType(GroupException.class, () -> SubscribeUrl.read("acme", "prod", "news", query));

        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(refused.field()).isEqualTo(field);
    }

    @Test
    void closeReason_isCutBetweenCharacters() {
        String reason = CloseReasons.of(GroupException.of(ErrorCode.INTERNAL, "\ud83d\ude00".repeat(100)));

        assertThat(reason).startsWith("INTERNAL: \ud83d\ude00");
        assertThat(reason.getBytes(UTF_8).length).isBetween(CloseReasons.MAX_BYTES - 3, CloseReasons.MAX_BYTES);
        assertThat(reason).doesNotContain("?").endsWith("\ud83d\ude00");
        assertThat(CloseReasons.fit("short")).isEqualTo("short");
    }
}
