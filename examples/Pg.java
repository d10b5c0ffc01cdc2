import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.DeleteGroupRequest;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.EvictRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersResponse;
import io.plexspaces.processgroups.proto.v1.GroupMembership;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsRequest;
import io.plexspaces.processgroups.proto.v1.ListGroupsResponse;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.ProcessGroup;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc.ProcessGroupServiceBlockingStub;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A command line for process groups. Run it with {@code examples/pg}. */
final class Pg {
    private static final String USAGE = """
            usage: pg [--server HOST:PORT] [--tenant T] [--namespace N] [--as ACTOR] COMMAND

              create GROUP                      make a group
              delete GROUP                      remove it, with members and messages
              groups [PATTERN]                  list groups; * and ? stand for any characters
              join GROUP ACTOR [TOPIC...]       add a join; without topics: for all messages
              leave GROUP ACTOR                 take one join away
              evict GROUP ACTOR [TIME]          take all its joins away, whoever made them; with a time such as 30s,
                                                10m, 2h or 7d, it may not come back that long; with 0 it may again
              evict-everywhere ACTOR [TIME]     the same in all groups of the tenant, and end its sessions
              members GROUP                     list members with their joins and topics
              publish GROUP TEXT [TOPIC]        publish; without a topic: to every member
              subscribe GROUP ACTOR [TOPIC...]  join, and print messages until interrupted
              watch [GROUP]                     print members and changes; without a group: of all groups

            Defaults: --server 127.0.0.1:9000 (or PG_GRPC), --tenant demo, --namespace default.
            --as is the sender of what is published. PG_TOKEN is the token for a server that asks for one.
            PG_CA is the file of the authority that a server with TLS has its certificate from.
            In subscriptions, the topic token * stands for one token and > at the end for one or more.
            """;
    private static final int USAGE_ERROR = 2;

    private final ProcessGroupServiceBlockingStub stub;
    private final String tenant;
    private final String namespace;
    private final String sender;

    private Pg(ProcessGroupServiceBlockingStub stub, String tenant, String namespace, String sender) {
        this.stub = stub;
        this.tenant = tenant;
        this.namespace = namespace;
        this.sender = sender;
    }

    private static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    public static void main(String[] args) {
        try {
            System.exit(run(new ArrayList<>(List.of(args))));
        } catch (UsageException e) {
            System.err.println(e.getMessage() + "\n\n" + USAGE);
            System.exit(USAGE_ERROR);
        }
    }

    /** Of TLS where there is a file of authorities, else of plain text. */
    private static ChannelCredentials credentials(String authorities) {
        try {
            return authorities == null
                    ? InsecureChannelCredentials.create()
                    : TlsChannelCredentials.newBuilder()
                            .trustManager(new File(authorities))
                            .build();
        } catch (IOException unreadable) {
            throw new UsageException("PG_CA names a file that cannot be read: " + authorities);
        }
    }

    private static int run(List<String> args) {
        String byDefault = System.getenv().getOrDefault("PG_GRPC", "127.0.0.1:9000");
        String server = option(args, "--server", byDefault);
        String tenant = option(args, "--tenant", "demo");
        String namespace = option(args, "--namespace", "default");
        String sender = option(args, "--as", "");
        if (args.isEmpty()) {
            throw new UsageException("no command given");
        }
        ManagedChannel channel = Grpc.newChannelBuilder(server, credentials(System.getenv("PG_CA")))
                .build();
        try {
            new Pg(stub(channel, System.getenv("PG_TOKEN")), tenant, namespace, sender)
                    .execute(args.get(0), args.subList(1, args.size()));
            return 0;
        } catch (StatusRuntimeException e) {
            String description = e.getStatus().getDescription();
            System.err.println(e.getStatus().getCode() + (description == null ? "" : ": " + description));
            return 1;
        } finally {
            channel.shutdownNow();
        }
    }

    private static ProcessGroupServiceBlockingStub stub(ManagedChannel channel, String token) {
        ProcessGroupServiceBlockingStub stub = ProcessGroupServiceGrpc.newBlockingStub(channel);
        if (token == null || token.isEmpty()) {
            return stub;
        }
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private static String option(List<String> args, String name, String byDefault) {
        if (args.size() < 2 || !args.contains(name)) {
            return byDefault;
        }
        int at = args.indexOf(name);
        if (at + 1 == args.size()) {
            throw new UsageException(name + " needs a value");
        }
        args.remove(at);
        return args.remove(at);
    }

    private void execute(String command, List<String> args) {
        switch (command) {
            case "create" -> create(group(command, args, 1, 1));
            case "delete" -> delete(group(command, args, 1, 1));
            case "groups" -> groups(args.isEmpty() ? "" : group(command, args, 0, 1));
            case "join" -> join(group(command, args, 2, Integer.MAX_VALUE), args.get(1), args.subList(2, args.size()));
            case "leave" -> leave(group(command, args, 2, 2), args.get(1));
            case "evict" -> evict(group(command, args, 2, 3), args.get(1), args.size() > 2 ? args.get(2) : "");
            case "evict-everywhere" -> evictEverywhere(group(command, args, 1, 2), args.size() > 1 ? args.get(1) : "");
            case "members" -> members(group(command, args, 1, 1));
            case "publish" -> publish(group(command, args, 2, 3), args.get(1), args.size() > 2 ? args.get(2) : "");
            case "subscribe" ->
                subscribe(group(command, args, 2, Integer.MAX_VALUE), args.get(1), args.subList(2, args.size()));
            case "watch" -> watch(args.isEmpty() ? "" : group(command, args, 0, 1));
            default -> throw new UsageException("unknown command " + command);
        }
    }

    /** The first argument, when the number of arguments is right. */
    private static String group(String command, List<String> args, int min, int max) {
        if (args.size() < min || args.size() > max) {
            throw new UsageException("wrong number of arguments for " + command);
        }
        return args.get(0);
    }

    private void create(String group) {
        stub.createGroup(CreateGroupRequest.newBuilder()
                .setTenantId(tenant)
                .setNamespace(namespace)
                .setGroupName(group)
                .build());
        System.out.println("created " + group);
    }

    private void delete(String group) {
        boolean existed = stub.deleteGroup(DeleteGroupRequest.newBuilder()
                        .setTenantId(tenant)
                        .setNamespace(namespace)
                        .setGroupName(group)
                        .build())
                .getExisted();
        System.out.println(existed ? "deleted " + group : "there was no group " + group);
    }

    private void groups(String pattern) {
        ListGroupsRequest.Builder request = ListGroupsRequest.newBuilder()
                .setTenantId(tenant)
                .setNamespace(namespace)
                .setNamePattern(pattern);
        ListGroupsResponse page;
        do {
            page = stub.listGroups(request.build());
            for (ProcessGroup group : page.getGroupsList()) {
                System.out.println(group.getGroupName() + "  members: " + group.getMemberCount());
            }
            request.setPageToken(page.getNextPageToken());
        } while (!page.getNextPageToken().isEmpty());
    }

    private void join(String group, String actor, List<String> topics) {
        int joins = stub.joinGroup(JoinGroupRequest.newBuilder()
                        .setTenantId(tenant)
                        .setNamespace(namespace)
                        .setGroupName(group)
                        .setActorId(actor)
                        .addAllTopics(topics)
                        .build())
                .getJoinCount();
        System.out.println(actor + " joined " + group + ", joins: " + joins);
    }

    private void leave(String group, String actor) {
        int joins = stub.leaveGroup(LeaveGroupRequest.newBuilder()
                        .setTenantId(tenant)
                        .setNamespace(namespace)
                        .setGroupName(group)
                        .setActorId(actor)
                        .build())
                .getJoinCount();
        System.out.println(actor + " left " + group + ", joins: " + joins);
    }

    private void evict(String group, String actor, String ban) {
        EvictRequest.Builder request = EvictRequest.newBuilder()
                .setTenantId(tenant)
                .setNamespace(namespace)
                .setGroupName(group)
                .setActorId(actor);
        if (!ban.isEmpty()) {
            request.setBan(Duration.newBuilder().setSeconds(seconds(ban)));
        }
        int joins = stub.evict(request.build()).getJoins();
        System.out.println(actor + " was evicted from " + group + ", joins: " + joins);
    }

    private void evictEverywhere(String actor, String ban) {
        EvictRequest.Builder request =
                EvictRequest.newBuilder().setTenantId(tenant).setActorId(actor).setEverywhere(true);
        if (!ban.isEmpty()) {
            request.setBan(Duration.newBuilder().setSeconds(seconds(ban)));
        }
        stub.evict(request.build());
        System.out.println(actor + " was evicted from tenant " + tenant);
    }

    private static long seconds(String time) {
        if (!time.matches("[0-9]{1,9}[smhd]?")) {
            throw new UsageException("not a time: " + time);
        }
        int units = "smhd".indexOf(time.charAt(time.length() - 1));
        long number = Long.parseLong(units < 0 ? time : time.substring(0, time.length() - 1));
        return number * List.of(1, 60, 3_600, 86_400).get(Math.max(units, 0));
    }

    private void members(String group) {
        GetMembersRequest.Builder request = GetMembersRequest.newBuilder()
                .setTenantId(tenant)
                .setNamespace(namespace)
                .setGroupName(group)
                .setDetailed(true);
        GetMembersResponse page;
        do {
            page = stub.getMembers(request.build());
            page.getMembershipsList().forEach(member -> System.out.println(shown(member)));
            request.setPageToken(page.getNextPageToken());
        } while (!page.getNextPageToken().isEmpty());
    }

    private void publish(String group, String text, String topic) {
        var answer = stub.publishToGroup(PublishToGroupRequest.newBuilder()
                .setTenantId(tenant)
                .setNamespace(namespace)
                .setGroupName(group)
                .setTopic(topic)
                .setMessage(Message.newBuilder().setSenderId(sender).setPayload(ByteString.copyFromUtf8(text)))
                .build());
        System.out.println("offset " + answer.getOffset() + ", recipients: " + answer.getRecipientsCount() + " "
                + answer.getRecipientIdsList());
    }

    private void subscribe(String group, String actor, List<String> topics) {
        stub.subscribe(SubscribeRequest.newBuilder()
                        .setTenantId(tenant)
                        .setNamespace(namespace)
                        .setGroupName(group)
                        .setActorId(actor)
                        .addAllTopics(topics)
                        .build())
                .forEachRemaining(batch -> batch.getEventsList().forEach(Pg::print));
    }

    private void watch(String group) {
        stub.watch(WatchRequest.newBuilder()
                        .setTenantId(tenant)
                        .setNamespace(namespace)
                        .setGroupName(group)
                        .setWholeNamespace(group.isEmpty())
                        .build())
                .forEachRemaining(batch -> batch.getEventsList().forEach(Pg::print));
    }

    private static void print(Event event) {
        System.out.println(event.getGroupName() + " " + event.getOffset() + "  " + shown(event));
    }

    private static String shown(Event event) {
        return switch (event.getKindCase()) {
            case MESSAGE ->
                "message " + (event.getTopic().isEmpty() ? "" : event.getTopic() + ": ")
                        + event.getMessage().getPayload().toStringUtf8();
            case SUBSCRIBED -> "subscribed";
            case SNAPSHOT ->
                "members "
                        + event.getSnapshot().getMembersList().stream()
                                .map(GroupMembership::getActorId)
                                .toList();
            case JOINED -> "joined " + shown(event.getJoined());
            case LEFT ->
                "left " + event.getLeft().getActorId() + ": " + event.getLeft().getReason();
            case FILTER_CHANGED -> "filter changed " + shown(event.getFilterChanged());
            case UPDATED -> "updated " + shown(event.getUpdated());
            case MEMBER_COUNT -> event.getMemberCount().getCount() + " members";
            case GROUP_CREATED -> "group created";
            case GROUP_DELETED -> "group deleted";
            case GAP ->
                (event.getGap().getMissed() == 0
                                ? "gap: "
                                : "gap of " + event.getGap().getMissed() + " messages: ")
                        + event.getGap().getReason();
            case DRAINING -> "this server stops: go to another one";
            case TOKEN_EXPIRING -> "the token ends soon";
            // Only to those who ask.
            case ASKED, REPLY, MEMBER_MISSING, ASK_COMPLETED, ANSWER, KIND_NOT_SET -> "";
        };
    }

    private static String shown(GroupMembership member) {
        return member.getActorId() + "  joins: " + member.getJoinCount() + "  topics: "
                + (member.getTopicsCount() == 0 ? "all" : String.join(",", member.getTopicsList()));
    }
}
