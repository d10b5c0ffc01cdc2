import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc.ProcessGroupServiceBlockingStub;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The processes of this machine as a group: every start is published to {@code started.<name>}, every end to
 * {@code ended.<name>}. One subscriber sees the starts, another one the ends. Run it with
 * {@code examples/processes.sh}.
 */
final class Processes {
    private static final String TENANT = "local";
    private static final String GROUP = "processes";
    private static final int DEFAULT_SECONDS = 15;
    private static final int POLL_MILLIS = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ProcessGroupServiceGrpc.ProcessGroupServiceStub subscribing;
    private final ProcessGroupServiceBlockingStub publishing;
    private final CountDownLatch subscribed = new CountDownLatch(2);
    private Map<Long, String> running = Map.of();
    private int published;

    private Processes(ManagedChannel channel) {
        subscribing = ProcessGroupServiceGrpc.newStub(channel);
        publishing = ProcessGroupServiceGrpc.newBlockingStub(channel);
    }

    public static void main(String[] args) throws Exception {
        int seconds = args.length == 0 ? DEFAULT_SECONDS : Integer.parseInt(args[0]);
        String grpc = System.getenv().getOrDefault("PG_GRPC", "127.0.0.1:9000");
        String http = System.getenv().getOrDefault("PG_HTTP", "127.0.0.1:8080");
        ManagedChannel channel =
                ManagedChannelBuilder.forTarget(grpc).usePlaintext().build();
        int code = 0;
        try {
            new Processes(channel).run(http, seconds);
        } catch (StatusRuntimeException e) {
            System.err.println("the server at " + grpc + " said " + e.getStatus());
            code = 1;
        }
        channel.shutdownNow();
        System.exit(code);
    }

    private void run(String http, int seconds) throws Exception {
        createGroup();
        followStarts(http);
        followEnds();
        if (!subscribed.await(10, TimeUnit.SECONDS)) {
            throw Status.UNAVAILABLE.withDescription("no subscription in 10 s").asRuntimeException();
        }
        System.out.println("watching the processes of this machine for " + seconds + " s");
        running = processes();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        timer.scheduleWithFixedDelay(this::publishChanges, 0, POLL_MILLIS, TimeUnit.MILLISECONDS);
        timer.schedule(timer::shutdown, seconds, TimeUnit.SECONDS);
        timer.awaitTermination(seconds + 10L, TimeUnit.SECONDS);
        System.out.println("published " + published + " messages");
    }

    private void createGroup() {
        try {
            publishing.createGroup(CreateGroupRequest.newBuilder()
                    .setTenantId(TENANT)
                    .setGroupName(GROUP)
                    .build());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
                throw e;
            }
        }
    }

    /** Over WebSocket, with a URL and nothing else: all starts, whatever the name. */
    private void followStarts(String http) {
        URI uri =
                URI.create("ws://" + http + "/ws/" + TENANT + "/default/" + GROUP + "?actor=starts&topics=started.%3E");
        HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols("processgroups.v1.json")
                .buildAsync(uri, new PrintingListener())
                .whenComplete((socket, failure) -> {
                    if (failure != null) {
                        System.err.println("no WebSocket to " + uri + ": " + failure.getMessage());
                    }
                });
    }

    private final class PrintingListener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                print(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        private void print(String frame) {
            try {
                for (JsonNode event : JSON.readTree(frame).path("events")) {
                    if (event.has("subscribed")) {
                        subscribed.countDown();
                    } else if (event.has("message")) {
                        JsonNode data = event.path("message").path("data");
                        show(
                                "WebSocket",
                                event.path("topic").asText(),
                                data.path("pid").asLong());
                    } else {
                        System.out.println("WebSocket  " + event);
                    }
                }
            } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                System.err.println("WebSocket  not JSON: " + frame);
            }
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            System.out.println("WebSocket  closed: " + code + " " + reason);
            return null;
        }
    }

    /** Over gRPC: all ends whose name is one token, which every name here is. */
    private void followEnds() {
        SubscribeRequest request = SubscribeRequest.newBuilder()
                .setTenantId(TENANT)
                .setGroupName(GROUP)
                .setActorId("ends")
                .addTopics("ended.*")
                .build();
        subscribing.subscribe(request, new StreamObserver<>() {
            @Override
            public void onNext(SubscribeResponse batch) {
                batch.getEventsList().forEach(Processes.this::print);
            }

            @Override
            public void onError(Throwable failure) {
                Status status = Status.fromThrowable(failure);
                if (status.getCode() != Status.Code.UNAVAILABLE && status.getCode() != Status.Code.CANCELLED) {
                    System.err.println("gRPC       " + status);
                }
            }

            @Override
            public void onCompleted() {
                System.out.println("gRPC       completed");
            }
        });
    }

    private void print(Event event) {
        switch (event.getKindCase()) {
            case SUBSCRIBED -> subscribed.countDown();
            case MESSAGE -> {
                try {
                    JsonNode data =
                            JSON.readTree(event.getMessage().getPayload().toByteArray());
                    show("gRPC", event.getTopic(), data.path("pid").asLong());
                } catch (java.io.IOException e) {
                    System.err.println("gRPC       not JSON at offset " + event.getOffset());
                }
            }
            default -> System.out.println("gRPC       " + event);
        }
    }

    private static void show(String client, String topic, long pid) {
        System.out.printf("%-10s %-32s pid %d%n", client, topic, pid);
    }

    private void publishChanges() {
        try {
            Map<Long, String> now = processes();
            now.forEach((pid, name) -> {
                if (!running.containsKey(pid)) {
                    publish("started." + name, pid);
                }
            });
            running.forEach((pid, name) -> {
                if (!now.containsKey(pid)) {
                    publish("ended." + name, pid);
                }
            });
            running = now;
        } catch (StatusRuntimeException e) {
            System.err.println("publish: " + e.getStatus());
        }
    }

    private void publish(String topic, long pid) {
        publishing.publishToGroup(PublishToGroupRequest.newBuilder()
                .setTenantId(TENANT)
                .setGroupName(GROUP)
                .setTopic(topic)
                .setMessage(Message.newBuilder()
                        .setMessageType("process")
                        .setPayload(ByteString.copyFromUtf8("{\"pid\":" + pid + "}")))
                .build());
        published++;
    }

    /** Names by process id; kernel threads and processes that hide their command are left out. */
    private static Map<Long, String> processes() {
        Map<Long, String> names = new HashMap<>();
        ProcessHandle.allProcesses()
                .forEach(process ->
                        process.info().command().ifPresent(command -> names.put(process.pid(), token(command))));
        return names;
    }

    /** The last part of a path as a topic token. */
    private static String token(String command) {
        String name = command.substring(command.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9_:@~-]", "-");
        return name.isEmpty() ? "unnamed" : name.substring(0, Math.min(name.length(), 64));
    }
}
