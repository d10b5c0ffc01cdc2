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
import io.plexspaces.processgroups.api.Operation;
import io.plexspaces.processgroups.api.Operations;
import io.plexspaces.processgroups.api.Requests;
import io.plexspaces.processgroups.api.UnaryCalls;
import io.plexspaces.processgroups.api.grpc.transport.PeerCall;
import io.plexspaces.processgroups.api.grpc.transport.UnaryCall;
import io.plexspaces.processgroups.core.Refusals;
import io.plexspaces.processgroups.core.UseCase;
import io.plexspaces.processgroups.domain.GroupException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Collects the methods of the service: the generated ones, with marshallers of our own. */
final class Methods {
    private final ServiceDescriptor generated;
    private final List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();

    private final Refusals refusals;
    private final UnaryCalls calls;

    private final Supplier<Requests> requests;

    /** @param requests those of the call that a thread works for */
    Methods(ServiceDescriptor generated, Refusals refusals, UnaryCalls calls, Supplier<Requests> requests) {
        this.generated = generated;
        this.refusals = refusals;
        this.calls = calls;
        this.requests = requests;
    }

    /** One request, one answer. */
    <Q extends Message, A extends Message> void unary(Operation<Q, A> operation) {
        MethodDescriptor<Q, A> method = generated(operation.method());
        methods.add(ServerMethodDefinition.create(
                method.toBuilder(new RequestMarshaller<>(operation.prototype()), method.getResponseMarshaller())
                        .build(),
                ServerCalls.asyncUnaryCall((request, answer) -> answer(operation, request, answer))));
    }

    @SuppressWarnings("unchecked") // it has the types of the method that it is named after
    private <Q extends Message, A extends Message> MethodDescriptor<Q, A> generated(String name) {
        return (MethodDescriptor<Q, A>) generated.getMethods().stream()
                .filter(method -> name.equals(method.getBareMethodName()))
                .findFirst()
                .orElseThrow();
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
    private <Q extends Message, A extends Message> void answer(
            Operation<Q, A> operation, Parsed<Q> request, StreamObserver<A> answer) {
        PeerCall peer = PeerCall.current();
        if (peer == null) {
            execute(operation, request, answer, (size, send) -> send.run());
            return;
        }
        Context context = Context.current();
        int answerBytes = request.failure() == null ? operation.mostBytes(request.get()) : Operations.SMALL_ANSWER;
        peer.begin(request.bytes(), answerBytes, new UnaryCall() {
            @Override
            public void run() {
                context.run(() -> execute(operation, request, answer, peer::answers));
            }

            @Override
            public void refuse(GroupException cause) {
                refusals.refused(operation.name(), cause);
                answer.onError(GrpcErrors.toStatus(cause));
            }
        });
    }

    /** Sends an answer of so many bytes, now or when its peer has taken earlier ones. */
    private interface Sending {
        void answer(int bytes, Runnable send);
    }

    /** @param answers sends the answer */
    private <Q extends Message, A extends Message> void execute(
            Operation<Q, A> operation, Parsed<Q> request, StreamObserver<A> answer, Sending answers) {
        GroupException refused = calls.begin();
        if (refused != null) {
            answer.onError(GrpcErrors.toStatus(refused));
            return;
        }
        try {
            operation
                    .execute(requests.get(), request.get())
                    .subscribe()
                    .with(result -> end(answer, result, answers), failure -> fail(answer, failure));
        } catch (RuntimeException | Error failure) {
            refusals.refused(operation.name(), failure);
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
