import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.DeleteGroupRequest;
import io.plexspaces.processgroups.proto.v1.FetchMessagesRequest;
import io.plexspaces.processgroups.proto.v1.GetLocalMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc.ProcessGroupServiceBlockingStub;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.Iterator;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Does with a server what clients do: every call, both protocols, health and metrics. A server that records meanwhile learns
 * which classes it needs and which methods are hot. Fails when the server does.
 */
final class Training {
    private static final String TENANT = "training";
    private static final String GROUP = "training";
    private static final int MESSAGES = 2_000;
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final String http;
    private final ProcessGroupServiceBlockingStub stub;
    private final HttpClient client = HttpClient.newHttpClient();

    private Training(String http, ProcessGroupServiceBlockingStub stub) {
        this.http = http;
        this.stub = stub;
    }

    /** @param arguments HOST:PORT of HTTP, HOST:PORT of gRPC */
    public static void main(String[] arguments) throws Exception {
        ManagedChannel channel =
                ManagedChannelBuilder.forTarget(arguments[1]).usePlaintext().build();
        try {
            new Training(arguments[0], ProcessGroupServiceGrpc.newBlockingStub(channel)).run();
        } finally {
            channel.shutdownNow();
        }
    }

    private void run() throws IOException, InterruptedException {
        awaitReady();
        stub.createGroup(CreateGroupRequest.newBuilder()
                .setTenantId(TENANT)
                .setGroupName(GROUP)
                .build());
        Iterator<SubscribeResponse> subscriber = stub.subscribe(subscription("grpc"));
        var watch = stub.watch(
                WatchRequest.newBuilder().setTenantId(TENANT).setGroupName(GROUP).build());
        watch.next();
        for (String subprotocol : new String[] {"processgroups.v1.json", "processgroups.v1.proto"}) {
            Tab tab = new Tab();
            WebSocket socket = client.newWebSocketBuilder()
                    .subprotocols(subprotocol)
                    .buildAsync(
                            URI.create("ws://" + http + "/ws/" + TENANT + "/default/" + GROUP + "?actor="
                                    + subprotocol + "&topics=lesson.*"),
                            tab)
                    .join();
            publishAll();
            tab.awaitFirst();
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        }
        subscriber.next();
        members();
        get("/q/health/live");
        get("/q/metrics");
        stub.deleteGroup(DeleteGroupRequest.newBuilder()
                .setTenantId(TENANT)
                .setGroupName(GROUP)
                .build());
        refused();
    }

    private static SubscribeRequest subscription(String actor) {
        return SubscribeRequest.newBuilder()
                .setTenantId(TENANT)
                .setGroupName(GROUP)
                .setActorId(actor)
                .addTopics("lesson.*")
                .build();
    }

    private void publishAll() {
        ByteString payload = ByteString.copyFromUtf8("{\"text\":\"what a message may look like\"}");
        for (int i = 0; i < MESSAGES; i++) {
            stub.publishToGroup(PublishToGroupRequest.newBuilder()
                    .setTenantId(TENANT)
                    .setGroupName(GROUP)
                    .setTopic("lesson." + i % 10)
                    .setMessage(Message.newBuilder().setPayload(payload))
                    .build());
        }
    }

    private void members() {
        for (int i = 0; i < 100; i++) {
            stub.joinGroup(JoinGroupRequest.newBuilder()
                    .setTenantId(TENANT)
                    .setGroupName(GROUP)
                    .setActorId("actor-" + i)
                    .build());
        }
        stub.getMembers(GetMembersRequest.newBuilder()
                .setTenantId(TENANT)
                .setGroupName(GROUP)
                .setDetailed(true)
                .build());
        stub.getLocalMembers(GetLocalMembersRequest.newBuilder()
                .setTenantId(TENANT)
                .setGroupName(GROUP)
                .build());
        stub.listGroups(ListGroupsRequest.newBuilder().setTenantId(TENANT).build());
        stub.fetchMessages(FetchMessagesRequest.newBuilder()
                .setTenantId(TENANT)
                .setGroupName(GROUP)
                .setActorId("actor-1")
                .build());
        stub.leaveGroup(LeaveGroupRequest.newBuilder()
                .setTenantId(TENANT)
                .setGroupName(GROUP)
                .setActorId("actor-1")
                .build());
    }

    private void refused() {
        try {
            stub.getMembers(GetMembersRequest.newBuilder()
                    .setTenantId(TENANT)
                    .setGroupName(GROUP)
                    .build());
            throw new IllegalStateException("the group is still there");
        } catch (StatusRuntimeException expected) {
            // it was deleted
        }
    }

    private void awaitReady() throws InterruptedException {
        long end = System.nanoTime() + START_NANOS;
        while (true) {
            try {
                get("/q/health/ready");
                return;
            } catch (IOException notYet) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("the server is not ready", notYet);
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    private void get(String path) throws IOException, InterruptedException {
        int status = client.send(
                        HttpRequest.newBuilder(URI.create("http://" + http + path)).build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
        if (status != 200) {
            throw new IOException(path + " answers " + status);
        }
    }

    /** Takes frames of either kind. */
    private static final class Tab implements WebSocket.Listener {
        private final CountDownLatch first = new CountDownLatch(1);

        void awaitFirst() throws InterruptedException {
            if (!first.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no frame came");
            }
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            return taken(socket);
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, java.nio.ByteBuffer part, boolean last) {
            return taken(socket);
        }

        private CompletionStage<?> taken(WebSocket socket) {
            first.countDown();
            socket.request(1);
            return null;
        }
    }
}
