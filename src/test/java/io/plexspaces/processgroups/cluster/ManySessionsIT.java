package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.stub.StreamObserver;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.log.redis.RedisBinaries;
import io.plexspaces.processgroups.log.redis.RedisProcess;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SessionResponse;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

/** What many sessions ask of a store that comes back. */
class ManySessionsIT extends OnNodes {
    private static final int SESSIONS = 5_000;
    private static final int GROUPS = 50;
    private static final int ON_A_CONNECTION = 500;
    private static final Duration AWAY = Duration.ofSeconds(2);
    private static final Duration BACK = Duration.ofSeconds(60);
    private static final Duration QUIET = Duration.ofSeconds(5);
    private static final Pattern COMMANDS = Pattern.compile("total_commands_processed:(\\d+)");

    private final AtomicInteger joined = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private RedisProcess redis;
    private GrpcClient observer;

    @Override
    Nodes begin(String test) {
        redis = closingLast(RedisProcess.start(RedisBinaries.required(test)));
        // As by default. That of the other tests could lapse while the store is silent, or five thousand sessions come.
        return new Nodes(
                redis, node -> Map.of("QUARKUS_REDIS_HOSTS", redis.address(), "PROCESSGROUPS_NODE_LEASE_TTL", "15S"));
    }

    private static ConditionFactory within(Duration time) {
        return await().atMost(time).pollInterval(Duration.ofMillis(200));
    }

    /** A store that is silent for a while: nobody is cut, and what it is asked for afterwards is soon as before. */
    @Test
    void storeThatIsSilentForAWhile_isAskedForAsMuchAsBefore_soonAfterwards() {
        fill();
        double before = usualCommandsASecond();
        redis.signal("STOP");
        pass(AWAY);
        redis.signal("CONT");
        isAsBefore(before);
        assertThat(ended).as("sessions that were ended").hasValue(0);
    }

    /** A store that has lost all: every join is made again. */
    @Test
    void storeThatHasLostAll_getsAllJoinsAgain_andIsThenAskedForAsMuchAsBefore() {
        fill();
        double before = usualCommandsASecond();
        redis.kill();
        pass(AWAY);
        redis.begin();
        isAsBefore(before);
        say(ended.get() + " of " + SESSIONS + " sessions had to come back");
    }

    private void fill() {
        joined.set(0);
        ended.set(0);
        observer = on("a");
        for (int group = 0; group < GROUPS; group++) {
            observer.create("room-" + group);
        }
        List<GrpcClient> clients = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            if (i % ON_A_CONNECTION == 0) {
                clients.add(on(Nodes.NAMES.get(clients.size() % Nodes.NAMES.size())));
            }
            begin(clients.get(clients.size() - 1), i);
        }
        within(BACK).until(() -> joined.get() == SESSIONS);
    }

    private void begin(GrpcClient client, int number) {
        StreamObserver<SessionRequest> requests = client.streams.session(new Session());
        requests.onNext(SessionRequest.newBuilder()
                .setRequestId(1)
                .setOpen(SessionOpen.newBuilder().setTenantId(tenant).setActorId("actor-" + number))
                .build());
        requests.onNext(SessionRequest.newBuilder()
                .setRequestId(2)
                .setJoin(SubscribeRequest.newBuilder().setGroupName("room-" + number % GROUPS))
                .build());
    }

    /** Counts, and keeps nothing. */
    private final class Session implements StreamObserver<SessionResponse> {
        @Override
        public void onNext(SessionResponse response) {
            response.getEventsList().stream()
                    .filter(event -> event.getAnswer().hasJoined())
                    .forEach(event -> joined.incrementAndGet());
        }

        @Override
        public void onError(Throwable failure) {
            ended.incrementAndGet();
        }

        @Override
        public void onCompleted() {
            ended.incrementAndGet();
        }
    }

    private void isAsBefore(double before) {
        long begin = System.nanoTime();
        within(BACK).until(() -> Nodes.NAMES.stream()
                .allMatch(node -> nodes.get(node).isReady()));
        within(BACK).until(() -> members() == SESSIONS - ended.get());
        double after = commandsASecond();
        for (int look = 0; look < 5 && after > most(before); look++) {
            after = commandsASecond();
        }
        say("commands a second at the store: " + Math.round(before) + " before, " + Math.round(after) + " after, "
                + Duration.ofNanos(System.nanoTime() - begin).toMillis() + " ms after it came back");
        assertThat(after).isLessThanOrEqualTo(most(before));
        assertThat(Nodes.NAMES).as("no second outage").allMatch(node -> nodes.get(node)
                .isReady());
    }

    private static double most(double before) {
        return 2 * before + 100;
    }

    private int members() {
        int all = 0;
        try {
            for (int group = 0; group < GROUPS; group++) {
                all += observer.calls
                        .getMembers(GetMembersRequest.newBuilder()
                                .setTenantId(tenant)
                                .setGroupName("room-" + group)
                                .setPageSize(1)
                                .build())
                        .getTotalCount();
            }
        } catch (io.grpc.StatusRuntimeException notYet) {
            return -1;
        }
        return all;
    }

    /** The least of some looks: those of an earlier test may still be leaving. */
    private double usualCommandsASecond() {
        return Math.min(commandsASecond(), Math.min(commandsASecond(), commandsASecond()));
    }

    private double commandsASecond() {
        long before = commands();
        pass(QUIET);
        return (commands() - before) / (double) QUIET.toSeconds();
    }

    private long commands() {
        Matcher found = COMMANDS.matcher(redis.call("INFO", "stats"));
        assertThat(found.find()).isTrue();
        return Long.parseLong(found.group(1));
    }
}
