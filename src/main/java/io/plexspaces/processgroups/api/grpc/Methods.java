package io.plexspaces.processgroups.api.grpc;

import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.api.grpc.transport.PeerCall;
import io.plexspaces.processgroups.api.grpc.transport.UnaryCall;
import io.plexspaces.processgroups.core.Refusals;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.domain.GroupException;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Collects the methods of the service: the generated ones, with marshallers of our own. */
final class Methods {
    /** Of pages, of members without pages, and of retained messages. */
    private static final int LARGEST_ANSWER = 2 * 1024 * 1024;

    private static final int SMALL_ANSWER = 16 * 1024;
    private static final Set<UseCase> LARGE_ANSWERS = EnumSet.of(UseCase.GET_MEMBERS, UseCase.LIST, UseCase.FETCH);

    private final ServiceDescriptor generated;
    private final List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();

    private final Refusals refusals;
    private final UnaryCalls calls;

    Methods(ServiceDescriptor generated, Refusals refusals, UnaryCalls calls) {
        this.generated = generated;
        this.refusals = refusals;
        this.calls = calls;
    }

    /** One request, one answer. */
    <Q extends Message, A extends MessageLite> Methods unary(
            UseCase name, MethodDescriptor<Q, A> method, Q prototype, Function<Q, Uni<A>> operation) {
        int most = LARGE_ANSWERS.contains(name) ? LARGEST_ANSWER : SMALL_ANSWER;
        return unary(name, method, prototype, operation, request -> most);
    }

    /**
     * One request, one answer.
     *
     * @param most bytes that the answer may have, beyond which it is cut anyway
     */
    <Q extends Message, A extends MessageLite> Methods unary(
            UseCase name,
            MethodDescriptor<Q, A> method,
            Q prototype,
            Function<Q, Uni<A>> operation,
            ToLongFunction<Q> most) {
        methods.add(ServerMethodDefinition.create(
                method.toBuilder(new RequestMarshaller<>(prototype), method.getResponseMarshaller())
                        .build(),
                ServerCalls.asyncUnaryCall((request, answer) -> answer(name, request, answer, operation, most))));
        return this;
    }

    /** One request, batches of events. */
    <Q extends Message> Methods stream(
            UseCase name,
            MethodDescriptor<Q, ?> method,
            Q prototype,
            BiConsumer<Q, ServerCallStreamObserver<byte[]>> operation) {
        methods.add(ServerMethodDefinition.create(
                method.toBuilder(new RequestMarshaller<>(prototype), BatchMarshaller.INSTANCE)
                        .build(),
                ServerCalls.asyncServerStreamingCall((request, events) -> start(name, request, events, operation))));
        return this;
    }

    /** Many requests, batches of events; the operation asks for requests itself. */
    <Q extends Message> Methods session(
            MethodDescriptor<Q, ?> method,
            Q prototype,
            Function<ServerCallStreamObserver<byte[]>, StreamObserver<Parsed<Q>>> operation) {
        methods.add(ServerMethodDefinition.create(
                method.toBuilder(new RequestMarshaller<>(prototype), BatchMarshaller.INSTANCE)
                        .build(),
                ServerCalls.asyncBidiStreamingCall(
                        events -> operation.apply((ServerCallStreamObserver<byte[]>) events))));
        return this;
    }

    /** The service, with what reflection wants to know of it. */
    ServerServiceDefinition build() {
        ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(generated.getName()).setSchemaDescriptor(generated.getSchemaDescriptor());
        methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(service::addMethod);
        return service.build();
    }

    /** At once, or when the peer has taken enough of its earlier answers. */
    private <Q, A extends MessageLite> void answer(
            UseCase name,
            Parsed<Q> request,
            StreamObserver<A> answer,
            Function<Q, Uni<A>> operation,
            ToLongFunction<Q> most) {
        PeerCall peer = PeerCall.current();
        if (peer == null) {
            execute(name, request, answer, operation, (size, send) -> send.run());
            return;
        }
        Context context = Context.current();
        long answerBytes = request.failure() == null ? most.applyAsLong(request.get()) : SMALL_ANSWER;
        peer.begin(request.bytes(), (int) Math.min(answerBytes, LARGEST_ANSWER), new UnaryCall() {
            @Override
            public void run() {
                context.run(() -> execute(name, request, answer, operation, peer::answers));
            }

            @Override
            public void refuse(GroupException cause) {
                refusals.refused(name, cause);
                answer.onError(GrpcErrors.toStatus(cause));
            }
        });
    }

    /** Sends an answer of so many bytes, now or when its peer has taken earlier ones. */
    private interface Sending {
        void answer(int bytes, Runnable send);
    }

    /** @param answers sends the answer */
    private <Q, A extends MessageLite> void execute(
            UseCase name, Parsed<Q> request, StreamObserver<A> answer, Function<Q, Uni<A>> operation, Sending answers) {
        GroupException refused = calls.begin();
        if (refused != null) {
            answer.onError(GrpcErrors.toStatus(refused));
            return;
        }
        try {
            operation
                    .apply(request.get())
                    .subscribe()
                    .with(result -> end(answer, result, answers), failure -> fail(answer, failure));
        } catch (RuntimeException | Error failure) {
            refusals.refused(name, failure);
            fail(answer, failure);
        }
    }

    private <A extends MessageLite> void end(StreamObserver<A> answer, A result, Sending answers) {
        try {
            answers.answer(result.getSerializedSize(), () -> complete(answer, result));
        } finally {
            calls.end();
        }
    }

    private void fail(StreamObserver<?> answer, Throwable failure) {
        try {
            answer.onError(GrpcErrors.toStatus(failure));
        } finally {
            calls.end();
        }
    }

    /** An answer that cannot be sent is no reason to leave the caller without one. */
    private static <A> void complete(StreamObserver<A> answer, A result) {
        try {
            answer.onNext(result);
            answer.onCompleted();
        } catch (RuntimeException | Error failure) {
            if (!(answer instanceof ServerCallStreamObserver<A> call && call.isCancelled())) {
                answer.onError(GrpcErrors.toStatus(failure));
            }
        }
    }

    private <Q> void start(
            UseCase name,
            Parsed<Q> request,
            StreamObserver<byte[]> events,
            BiConsumer<Q, ServerCallStreamObserver<byte[]>> operation) {
        try {
            operation.accept(request.get(), (ServerCallStreamObserver<byte[]>) events);
        } catch (RuntimeException | Error failure) {
            refusals.refused(name, failure);
            events.onError(GrpcErrors.toStatus(failure));
        }
    }
}
