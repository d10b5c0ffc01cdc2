package io.plexspaces.processgroups.api.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.plexspaces.processgroups.api.format.SubscribeUrl;
import io.plexspaces.processgroups.api.websocket.format.FrameFormat;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.proto.v1.OverflowPolicy;
import io.plexspaces.processgroups.proto.v1.Position;
import io.plexspaces.processgroups.proto.v1.Presence;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeTest {
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
                + "&overflow=drop_oldest&presence=members&metadata=%7B%22state%22:%22typing%22,%22a%22:%22%22%7D";

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
                        .setPresence(Presence.MEMBERS)
                        .putMetadata("state", "typing")
                        .putMetadata("a", "")
                        .build());
        SubscribeRequest last =
                SubscribeUrl.read("acme", "prod", "news", "actor=a&replay_last=10&replay_last_of_each_topic=true");
        assertThat(last.getReplayLast()).isEqualTo(10);
        assertThat(last.getReplayLastOfEachTopic()).isTrue();
        SubscribeRequest room =
                SubscribeUrl.read("acme", "prod", "room", "actor=a&create_missing=true&delete_when_empty=60s");
        assertThat(room.getCreateMissing()).isTrue();
        assertThat(room.getDeleteWhenEmpty().getSeconds()).isEqualTo(60);
        assertThat(SubscribeUrl.read("acme", "prod", "news", "actor=a&topics=").getTopicsCount())
                .isZero();
    }

    @Test
    void semicolon_isACharacterLikeOthers() {
        SubscribeRequest read = SubscribeUrl.read("acme", "prod", "news", "actor=a;topics=x&topics=y;z");

        assertThat(read.getActorId()).isEqualTo("a;topics=x");
        assertThat(read.getTopicsList()).containsExactly("y;z");
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
                "actor=a&presence=all|presence",
                "actor=a&metadata=x|metadata",
                "actor=a&metadata=[]|metadata",
                "actor=a&metadata={\"a\":1}|metadata",
                "actor=a&metadata={\"a\":{\"b\":\"c\"}}|metadata",
                "actor=a&metadata={\"a\":\"b\",\"a\":\"c\"}|metadata",
                "actor=a&metadata={\"a\":\"b\"}{}|metadata",
                "actor=a&metadata={\"a\":\"\\ud800\"}|metadata",
                "actor=a&metadata={\"a\":\"b\"|metadata",
                "actor=a&replay_last=many|replay_last",
                "actor=a&create_missing=yes|create_missing",
                "actor=a&delete_when_empty=1m|delete_when_empty",
                "actor=a&replay_last_of_each_topic=1|replay_last_of_each_topic",
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
