package io.plexspaces.processgroups.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestUrlsTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();

    RequestUrlsTest() {
        channel.pipeline().addLast("httpDecoder", new HttpRequestDecoder());
        channel.pipeline().addLast("httpEncoder", new HttpResponseEncoder());
        RequestUrls.install(channel.pipeline());
        RequestUrls.install(channel.pipeline());
    }

    @AfterEach
    void end() {
        channel.finishAndReleaseAll();
    }

    private void ask(String url) {
        channel.writeInbound(Unpooled.copiedBuffer("GET " + url + " HTTP/1.1\r\nHost: a\r\n\r\n", UTF_8));
    }

    @Test
    void charactersWithoutAPlace_areReadAsBrowsersWriteThem() {
        ask("/ws/t/d/g?actor=a&topics=x.>,{y}");

        HttpRequest read = Objects.requireNonNull(channel.readInbound());
        assertThat(read.uri()).isEqualTo("/ws/t/d/g?actor=a&topics=x.%3E,%7By%7D");
        assertThat(RequestUrls.encoded("\"<>\\^`{|}")).isEqualTo("%22%3C%3E%5C%5E%60%7B%7C%7D");
    }

    @Test
    void anyOther_isLeftAsItIs() {
        String url = "/ws/t/d/g?actor=a&topics=x.%3E,*;'!~";

        assertThat(RequestUrls.encoded(url)).isSameAs(url);
        assertThat(RequestUrls.complaint(url)).isNull();
        assertThat(RequestUrls.complaint("*")).isNull();
    }

    @Test
    void urlThatCannotBeRead_isExplained() {
        ask("/ws/t/d/g?actor=%zz");

        assertThat((Object) channel.readInbound()).isNull();
        StringBuilder answer = new StringBuilder();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            answer.append(part.toString(UTF_8));
            part.release();
        }
        assertThat(answer)
                .startsWith("HTTP/1.1 400 ")
                .contains("the URL cannot be read: Malformed escape pair at character 16; write");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void remove_leavesNoneBehind() {
        RequestUrls.remove(channel.pipeline());
        RequestUrls.remove(channel.pipeline());

        assertThat(channel.pipeline().get(RequestUrls.class)).isNull();
    }
}
