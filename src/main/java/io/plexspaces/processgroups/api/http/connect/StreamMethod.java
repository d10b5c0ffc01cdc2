package io.plexspaces.processgroups.api.http.connect;

import com.google.protobuf.Message;
import io.grpc.Status;
import io.plexspaces.processgroups.api.Requests;
import io.plexspaces.processgroups.api.Streams;
import io.plexspaces.processgroups.api.format.JsonMessages;
import io.plexspaces.processgroups.api.http.call.Call;
import io.plexspaces.processgroups.api.http.call.Calls;
import io.plexspaces.processgroups.api.http.call.Refusal;
import io.plexspaces.processgroups.api.http.stream.Envelope;
import io.plexspaces.processgroups.api.http.stream.EventStreams;
import io.plexspaces.processgroups.api.http.stream.Stream;
import io.plexspaces.processgroups.api.http.stream.StreamFormat;
import io.plexspaces.processgroups.core.UseCase;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** A method with one request and a stream of events. Its failures are the end of a stream, too. */
final class StreamMethod<Q extends Message> implements ConnectMethod {
    private static final int OK = 200;
    private static final int UNSUPPORTED_TYPE = 415;

    private final UseCase name;
    private final Q prototype;
    private final JsonMessages<Q> json;
    private final Opening<Q> opening;
    private final Calls calls;
    private final EventStreams streams;

    /** Reads and checks a request. */
    interface Opening<Q> {
        Streams.Opening open(Streams streams, Requests by, Q request);
    }

    StreamMethod(UseCase name, Q prototype, Opening<Q> opening, Calls calls, EventStreams streams) {
        this.name = name;
        this.prototype = prototype;
        this.json = new JsonMessages<>(prototype);
        this.opening = opening;
        this.calls = calls;
        this.streams = streams;
    }

    @Override
    public void handle(RoutingContext context) {
        Codec codec = Codec.stream(ConnectHeaders.mediaType(context.request()));
        if (codec == null) {
            String types = Codec.JSON.streamType() + ", " + Codec.PROTO.streamType();
            context.response().putHeader("Accept-Post", types);
            Call.refuse(
                    context, Refusal.of(Status.Code.UNKNOWN, UNSUPPORTED_TYPE, "Content-Type must be one of " + types));
            return;
        }
        StreamFormat format = codec == Codec.JSON ? StreamFormat.CONNECT_JSON : StreamFormat.CONNECT_PROTO;
        int maxBytes = Envelope.HEAD_BYTES + codec.maxBytes(calls.service().settings());
        Refusal complaint = ConnectHeaders.complaint(context.request(), "Connect-Content-Encoding");
        calls.accept(
                context,
                maxBytes,
                (call, why) -> call.answer(OK, format.mediaType(), format.end(why)),
                call -> begin(call, codec, format, complaint));
    }

    private void begin(Call call, Codec codec, StreamFormat format, @Nullable Refusal complaint) {
        if (complaint != null) {
            call.fail(complaint);
            return;
        }
        Stream stream = streams.begin(call, format, name, of -> {
            Q request = codec.read(prototype, json, Envelope.only(call.body()));
            return opening.open(of, call.requests(), request);
        });
        Deadline.of(call, stream::refuse);
    }
}
