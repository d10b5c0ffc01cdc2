import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.proto.v1.AskRequest;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Dispatch;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc.ProcessGroupServiceBlockingStub;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.ReplyRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A pool of workers, and a boss that asks them: jobs go to one worker each, and to another one when that one is silent
 * or gone; a roll call goes to all of them, and ends when nobody is missing. Run it with {@code examples/workers.sh}.
 */
final class Workers {
    private static final String TENANT = "local";
    private static final String GROUP = "workers";
    private static final List<String> NAMES = List.of("anna", "ben", "cleo");

    /** Takes jobs, and never does them. */
    private static final String LAZY = "ben";

    /** Goes home when it is called. */
    private static final String TIRED = "cleo";

    private final ProcessGroupServiceGrpc.ProcessGroupServiceStub subscribing;
    private final ProcessGroupServiceBlockingStub calls;
    private final CountDownLatch atWork = new CountDownLatch(NAMES.size());

    private Workers(ManagedChannel channel) {
        subscribing = ProcessGroupServiceGrpc.newStub(channel);
        calls = ProcessGroupServiceGrpc.newBlockingStub(channel);
    }

    public static void main(String[] args) throws Exception {
        int jobs = args.length == 0 ? 4 : Integer.parseInt(args[0]);
        String grpc = System.getenv().getOrDefault("PG_GRPC", "127.0.0.1:9000");
        ManagedChannel channel =
                ManagedChannelBuilder.forTarget(grpc).usePlaintext().build();
        int code = 0;
        try {
            new Workers(channel).run(jobs);
        } catch (StatusRuntimeException e) {
            System.err.println("the server at " + grpc + " said " + e.getStatus());
            code = 1;
        }
        channel.shutdownNow();
        System.exit(code);
    }

    private void run(int jobs) throws InterruptedException {
        createGroup();
        NAMES.forEach(name -> new Worker(name).start());
        if (!atWork.await(10, TimeUnit.SECONDS)) {
            throw Status.UNAVAILABLE.withDescription("no workers in 10 s").asRuntimeException();
        }
        for (int i = 1; i <= jobs; i++) {
            ask("job " + i, Dispatch.ONE, 2);
        }
        ask("roll call", Dispatch.ALL, 2);
    }

    private void createGroup() {
        try {
            calls.createGroup(CreateGroupRequest.newBuilder()
                    .setTenantId(TENANT)
                    .setGroupName(GROUP)
                    .build());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
                throw e;
            }
        }
    }

    /** Prints what comes of it, as it comes. */
    private void ask(String text, Dispatch dispatch, int seconds) {
        System.out.println(text);
        calls.ask(AskRequest.newBuilder()
                        .setPublish(PublishToGroupRequest.newBuilder()
                                .setTenantId(TENANT)
                                .setGroupName(GROUP)
                                .setDispatch(dispatch)
                                .setMessage(text(text)))
                        .setTimeout(Duration.newBuilder().setSeconds(seconds))
                        .setRetryOther(dispatch == Dispatch.ONE)
                        .build())
                .forEachRemaining(batch -> batch.getEventsList().forEach(Workers::print));
    }

    private static void print(Event event) {
        switch (event.getKindCase()) {
            case ASKED ->
                System.out.println("  asked " + event.getAsked().getPublished().getRecipientIdsList());
            case REPLY ->
                System.out.println("  " + event.getReply().getActorId() + ": "
                        + event.getReply().getMessage().getPayload().toStringUtf8());
            case MEMBER_MISSING ->
                System.out.println("  " + event.getMemberMissing().getActorId() + " is gone: "
                        + event.getMemberMissing().getReason());
            case ASK_COMPLETED -> {
                List<String> missing = new ArrayList<>();
                event.getAskCompleted()
                        .getMissingList()
                        .forEach(one -> missing.add(one.getActorId() + " (" + one.getReason() + ")"));
                System.out.println(event.getAskCompleted().getComplete() ? "  done" : "  without " + missing);
            }
            default -> {}
        }
    }

    private static Message text(String text) {
        return Message.newBuilder().setPayload(ByteString.copyFromUtf8(text)).build();
    }

    /** One member of the pool: a subscription, and a reply to each message that wants one. */
    private final class Worker implements StreamObserver<SubscribeResponse> {
        private final String name;
        private final Context.CancellableContext life = Context.current().withCancellation();

        /** Of the positions in the group's log: a reply names it with the offset. */
        private final AtomicReference<String> epoch = new AtomicReference<>("");

        Worker(String name) {
            this.name = name;
        }

        void start() {
            life.run(() -> subscribing.subscribe(
                    SubscribeRequest.newBuilder()
                            .setTenantId(TENANT)
                            .setGroupName(GROUP)
                            .setActorId(name)
                            .build(),
                    this));
        }

        @Override
        public void onNext(SubscribeResponse batch) {
            batch.getEventsList().forEach(this::take);
        }

        private void take(Event event) {
            if (event.hasSubscribed()) {
                epoch.set(event.getSubscribed().getEpoch());
                atWork.countDown();
            } else if (event.getReplyWanted()) {
                work(event);
            }
        }

        private void work(Event event) {
            String text = event.getMessage().getPayload().toStringUtf8();
            boolean isCalled = text.equals("roll call");
            if (name.equals(TIRED) && isCalled) {
                life.cancel(null);
            } else if (isCalled || !name.equals(LAZY)) {
                // Not on the thread that receives: the reply is a call like any other.
                new Thread(() -> reply(event.getOffset(), isCalled ? "here" : text + " is done")).start();
            }
        }

        private void reply(long offset, String text) {
            try {
                calls.reply(ReplyRequest.newBuilder()
                        .setTenantId(TENANT)
                        .setGroupName(GROUP)
                        .setActorId(name)
                        .setEpoch(epoch.get())
                        .setOffset(offset)
                        .setMessage(text(text))
                        .build());
            } catch (StatusRuntimeException e) {
                System.err.println(
                        "  " + name + " was not heard: " + e.getStatus().getDescription());
            }
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }
}
