package io.plexspaces.processgroups.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Reads URLs as browsers do: characters that have no place in one are taken as if they were encoded ({@code x.>} is
 * {@code x.%3E}). The platform refuses them before anybody else sees the request, and without a word; whoever sends a
 * URL that cannot be read gets a sentence here. In the pipeline behind the codec of HTTP, on the event loop.
 */
final class RequestUrls extends ChannelInboundHandlerAdapter {
    private static final String NAME = "request-urls";
    private static final String CODEC = "httpEncoder";
    private static final String TO_BE_ENCODED = "\"<>\\^`{|}";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private boolean refused;

    /** Where this is not there yet: behind the codec of HTTP, or as soon as that comes, at the end of a handshake. */
    static void install(ChannelPipeline pipeline) {
        if (pipeline.get(CODEC) != null) {
            if (pipeline.get(RequestUrls.class) == null) {
                pipeline.addAfter(CODEC, NAME, new RequestUrls());
            }
            return;
        }
        ChannelHandlerContext tls = pipeline.context(SslHandler.class);
        if (tls != null && pipeline.get(AfterHandshake.class) == null) {
            pipeline.addAfter(tls.name(), null, new AfterHandshake());
        }
    }

    /** The first request may come in one read with the end of the handshake, so that nothing else is asked between. */
    private static final class AfterHandshake extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            // Makes the platform put its codec in place.
            ctx.fireUserEventTriggered(event);
            if (event instanceof SslHandshakeCompletionEvent handshake
                    && handshake.isSuccess()
                    && ctx.pipeline().get(CODEC) != null) {
                install(ctx.pipeline());
            }
        }
    }

    static void remove(ChannelPipeline pipeline) {
        if (pipeline.get(RequestUrls.class) != null) {
            pipeline.remove(RequestUrls.class);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object read) {
        if (refused) {
            ReferenceCountUtil.release(read);
            return;
        }
        if (read instanceof HttpRequest request && request.decoderResult().isSuccess()) {
            request.setUri(encoded(request.uri()));
            String complaint = complaint(request.uri());
            if (complaint != null) {
                refused = true;
                ReferenceCountUtil.release(read);
                refuse(ctx, complaint);
                return;
            }
        }
        ctx.fireChannelRead(read);
    }

    private static void refuse(ChannelHandlerContext ctx, String sentence) {
        ByteBuf text = ctx.alloc().buffer(sentence.length());
        text.writeCharSequence(sentence + "\n", UTF_8);
        FullHttpResponse answer =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST, text);
        answer.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .set(HttpHeaderNames.CONTENT_LENGTH, text.readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        ctx.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }

    static String encoded(String url) {
        if (url.chars().noneMatch(RequestUrls::isToBeEncoded)) {
            return url;
        }
        StringBuilder all = new StringBuilder(url.length() + 16);
        for (int i = 0; i < url.length(); i++) {
            char each = url.charAt(i);
            if (isToBeEncoded(each)) {
                all.append('%').append(HEX.toHexDigits((byte) each));
            } else {
                all.append(each);
            }
        }
        return all.toString();
    }

    private static boolean isToBeEncoded(int character) {
        return TO_BE_ENCODED.indexOf(character) >= 0;
    }

    /** What is wrong with a URL, as a sentence; null: nothing. */
    static @Nullable String complaint(String url) {
        try {
            new URI(url);
            return null;
        } catch (URISyntaxException malformed) {
            return "the URL cannot be read: " + malformed.getReason() + " at character " + malformed.getIndex()
                    + "; write what has no place in a URL as % and two hexadecimal digits";
        }
    }
}
