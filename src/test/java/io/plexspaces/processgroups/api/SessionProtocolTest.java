package io.plexspaces.processgroups.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.authentication.Authenticator;
import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Traces;
import io.plexspaces.processgroups.core.delivery.Frame;
import io.plexspaces.processgroups.core.delivery.ServerBudget;
import io.plexspaces.processgroups.core.delivery.Sink;
import io.plexspaces.processgroups.core.delivery.WireFormat;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Retention;
import io.plexspaces.processgroups.proto.v1.Answer;
import io.plexspaces.processgroups.proto.v1.Event;
import io.plexspaces.processgroups.proto.v1.LeaveGroupRequest;
import io.plexspaces.processgroups.proto.v1.Message;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.RenewLeaseRequest;
import io.plexspaces.processgroups.proto.v1.SessionOpen;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.proto.v1.SubscribeRequest;
import io.plexspaces.processgroups.proto.v1.WatchRequest;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One file, as it has one case for each request and each state of the session. */
class SessionProtocolTest {
    private static final GroupId ROOM = GroupId.of("acme", "", "room");
    private static final int MAX_IN_FLIGHT = 3;

    /** Publishes that the test lets wait. */
    private final List<UniEmitter<? super Groups.PublishResult>> held = Collections.synchronizedList(new ArrayList<>());

    private final MemoryService service = new MemoryService(1 << 20, this::holding);
    private final Peer peer = new Peer();
    private final ServerBudget budget = new ServerBudget(1 << 30);
    private final AtomicInteger mayRead = new AtomicInteger();
    private volatile boolean holds;

    /** Questions for the joins of a session, which the test lets wait while it {@link #looksElsewhere}. */
    private final List<UniEmitter<? super List<GroupId>>> lookups = new CopyOnWriteArrayList<>();

    private volatile boolean looksElsewhere;
    private SessionProtocol protocol;

    @BeforeEach
    void connect() {
        ApiSettings settings = TestSettings.withMaxInFlight(MAX_IN_FLIGHT);
        protocol = new SessionProtocol(
                new SessionProtocol.Service(
                        service.groups,
                        service.sessions,
                        new Requests(settings, Caller.anybody()),
                        settings,
                        (operation, cause) -> {},
                        Traces.OFF,
                        budget,
                        Authenticator.none(),
                        new Expiry(InstantSource.system(), (nanos, step) -> () -> {})),
                service.sessions.connect(peer),
                answer -> Frame.control(Proto.INSTANCE, answer.toByteArray()),
                mayRead::incrementAndGet);
        GroupSpec spec = new GroupSpec(GroupSpec.Metadata.NONE, new Retention(10, Duration.ofMinutes(1)), null);
        service.groups.create(ROOM, spec).await().indefinitely();
    }

    @AfterEach
    void close() {
        service.close();
    }

    @Test
    void firstRequest_mustBeOpen() {
        protocol.handle(publish(7, "early").build(), 0);

        assertThat(answer(7).getError().getReason()).isEqualTo("FAILED_PRECONDITION");
        open();
        protocol.handle(publish(8, "now").build(), 0);
        assertThat(answer(8).hasPublished()).isTrue();
        assertThat(mayRead).hasValue(3);
    }

    @Test
    void open_tellsTokenNodeAndGrace() {
        open();

        assertThat(answer(1).getOpened().getResumeToken()).isNotEmpty();
        assertThat(answer(1).getOpened().getNodeId()).isEqualTo("node-1");
        assertThat(answer(1).getOpened().getResumed()).isFalse();
        assertThat(answer(1).getOpened().getGrace().getNanos()).isEqualTo(200_000_000);
    }

    @Test
    void sessionThatIsCutWithRequestsUnderWay_leavesNothingInTheBudget() {
        open();
        protocol.hold();
        int each = 5 << 20;
        protocol.handle(publish(2, "waits").build(), each);
        assertThat(budget.held()).isEqualTo(each);
        protocol.handle(publish(3, "waits, too").build(), each);

        assertThat(peer.closed).isTrue();
        assertThat(budget.held()).isZero();
        protocol.release();
        assertThat(budget.held()).isZero();
    }

    @Test
    void openTwice_isRefusedAndTheSessionGoesOn() {
        open();
        protocol.handle(
                request(2)
                        .setOpen(SessionOpen.newBuilder().setTenantId("acme").setActorId("me"))
                        .build(),
                0);

        assertThat(answer(2).getError().getReason()).isEqualTo("FAILED_PRECONDITION");
        protocol.handle(publish(3, "on").build(), 0);
        assertThat(answer(3).hasPublished()).isTrue();
    }

    @Test
    void joinPublishLeave_workInOneSession() {
        open();
        protocol.handle(
                request(2)
                        .setJoin(SubscribeRequest.newBuilder().setGroupName("room"))
                        .build(),
                0);
        assertThat(answer(2).getJoined().getJoinCount()).isEqualTo(1);

        protocol.handle(publish(3, "hello").build(), 0);
        assertThat(answer(3).getPublished().getRecipientIdsList()).containsExactly("me");
        Awaitility.await().until(() -> peer.events().stream().anyMatch(Event::hasMessage));
        assertThat(peer.events().stream().filter(Event::hasMessage))
                .singleElement()
                .satisfies(event -> assertThat(event.getMessage().getSenderId()).isEqualTo("me"));

        protocol.handle(
                request(4)
                        .setLeave(LeaveGroupRequest.newBuilder().setGroupName("room"))
                        .build(),
                0);
        assertThat(answer(4).getLeft().getJoinCount()).isZero();
        protocol.handle(
                request(5)
                        .setLeave(LeaveGroupRequest.newBuilder().setGroupName("room"))
                        .build(),
                0);
        assertThat(answer(5).getError().getReason()).isEqualTo("NOT_A_MEMBER");
    }

    @Test
    void watchAndUnwatch_areAnswered() {
        open();
        WatchRequest room = WatchRequest.newBuilder().setGroupName("room").build();
        protocol.handle(request(2).setWatch(room).build(), 0);
        assertThat(answer(2).hasWatching()).isTrue();
        protocol.handle(request(3).setWatch(room).build(), 0);
        assertThat(answer(3).getError().getReason()).isEqualTo("FAILED_PRECONDITION");
        protocol.handle(request(4).setUnwatch(room).build(), 0);
        assertThat(answer(4).hasUnwatched()).isTrue();
        protocol.handle(request(5).setUnwatch(room).build(), 0);
        assertThat(answer(5).getError().getReason()).isEqualTo("FAILED_PRECONDITION");
    }

    @Test
    void renewWithoutLease_isRefused() {
        open();
        protocol.handle(
                request(2)
                        .setRenew(RenewLeaseRequest.newBuilder().setGroupName("room"))
                        .build(),
                0);

        assertThat(answer(2).getError().getReason()).isEqualTo("NOT_A_MEMBER");
    }

    @Test
    void requestWithoutId_isAnsweredOnlyWhenItFails() {
        open();
        protocol.handle(publish(0, "fine").build(), 0);
        protocol.handle(
                publish(0, "fine")
                        .setPublish(PublishToGroupRequest.newBuilder().setGroupName("/"))
                        .build(),
                0);
        protocol.handle(publish(9, "last").build(), 0);

        assertThat(answer(9).hasPublished()).isTrue();
        assertThat(answers(0))
                .singleElement()
                .satisfies(answer -> assertThat(answer.getError().getField()).isEqualTo("group_name"));
    }

    @Test
    void requestOfNoKnownKind_isRefused() {
        open();
        protocol.handle(request(2).build(), 0);

        assertThat(answer(2).getError().getReason()).isEqualTo("INVALID_ARGUMENT");
    }

    @Test
    void malformedRequest_isAnsweredWithoutId() {
        protocol.malformed(GroupException.invalid("request", "is no JSON"));

        assertThat(answer(0).getError().getMessage()).isEqualTo("request: is no JSON");
        assertThat(mayRead).hasValue(1);
    }

    @Test
    void tooManyInFlight_stopReadingUntilOneIsAnswered() {
        open();
        holds = true;
        for (int i = 10; i < 10 + MAX_IN_FLIGHT; i++) {
            assertThat(protocol.isBusy()).isFalse();
            protocol.handle(publish(i, "held").build(), 0);
        }

        assertThat(protocol.isBusy()).isTrue();
        assertThat(mayRead).hasValue(1 + MAX_IN_FLIGHT - 1);
        held.get(1).fail(new IllegalStateException("broken"));
        assertThat(answer(11).getError().getReason()).isEqualTo("INTERNAL");
        assertThat(protocol.isBusy()).isFalse();
        assertThat(mayRead).hasValue(1 + MAX_IN_FLIGHT);
        held.get(0).fail(new IllegalStateException("broken"));
        assertThat(mayRead).hasValue(1 + MAX_IN_FLIGHT);
    }

    @Test
    void requestsReadAhead_areAllReplacedOnceAnswered() {
        open();
        holds = true;
        int readAhead = 3 * MAX_IN_FLIGHT;
        for (int i = 10; i < 10 + readAhead; i++) {
            protocol.handle(publish(i, "held").build(), 0);
        }
        protocol.malformed(GroupException.invalid("request", "is no JSON"));
        assertThat(mayRead).hasValue(1 + MAX_IN_FLIGHT - 1);
        List.copyOf(held).forEach(publish -> publish.fail(GroupException.groupNotFound(ROOM)));
        assertThat(mayRead).hasValue(1 + readAhead + 1);
    }

    @Test
    void finish_waitsForTheAnswers() {
        open();
        holds = true;
        protocol.handle(publish(2, "held").build(), 0);
        protocol.finish();

        assertThat(peer.closed).isFalse();
        held.get(0).fail(GroupException.groupNotFound(ROOM));
        assertThat(answer(2).getError().getReason()).isEqualTo("GROUP_NOT_FOUND");
        Awaitility.await().until(() -> peer.closed);
    }

    @Test
    void retire_answersWhatIsUnderWay_andRefusesTheRest() {
        open();
        holds = true;
        protocol.handle(publish(2, "held").build(), 0);
        Awaitility.await().until(() -> held.size() == 1);
        service.sessions.drain(Duration.ZERO, Duration.ZERO);
        protocol.handle(publish(3, "late").build(), 0);
        assertThat(answer(3).getError().getReason()).isEqualTo("SHUTTING_DOWN");
        assertThat(peer.closed).isFalse();

        held.get(0).fail(new IllegalStateException("broken"));
        assertThat(answer(2).hasError()).isTrue();
        Awaitility.await().until(() -> peer.closed);
    }

    @Test
    void requestsThatComeWhileTheSessionIsOpened_waitForItInOrder() {
        open();
        protocol.hold();
        protocol.handle(publish(2, "a").build(), 0);
        protocol.handle(
                request(3).setOpen(SessionOpen.newBuilder().setTenantId("acme")).build(), 0);
        assertThat(answers(2)).isEmpty();
        protocol.release();
        assertThat(answer(2).hasPublished()).isTrue();
        assertThat(answer(3).getError().getReason()).isEqualTo("FAILED_PRECONDITION");
    }

    @Test
    void requestsBehindTwoOpens_waitForBothInOrder() {
        looksElsewhere = true;
        protocol.handle(openWith(1, "of-another-node"), 0);
        protocol.handle(openWith(2, "of-another-node-as-well"), 0);
        protocol.handle(join(3), 0);
        protocol.handle(publish(4, "a").build(), 0);
        lookups.get(0).fail(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away"));

        assertThat(answer(1).getError().getReason()).isEqualTo("STORE_UNAVAILABLE");
        protocol.handle(publish(5, "b").build(), 0);
        assertThat(lookups).hasSize(2);
        assertThat(answers(3)).isEmpty();
        assertThat(answers(5)).isEmpty();
        lookups.get(1).complete(List.of());
        assertThat(answer(2).hasOpened()).isTrue();
        assertThat(answer(3).getJoined().getJoinCount()).isEqualTo(1);
        assertThat(answer(4).hasPublished()).isTrue();
        assertThat(answer(5).getPublished().getOffset())
                .isGreaterThan(answer(4).getPublished().getOffset());
        protocol.finish();
        Awaitility.await().until(() -> peer.closed);
    }

    @Test
    void requestsBehindAnOpenThatFails_andOneThatIsAnsweredAtOnce_areNotLost() {
        looksElsewhere = true;
        protocol.handle(openWith(1, "of-another-node"), 0);
        protocol.handle(openWith(2, ""), 0);
        protocol.handle(join(3), 0);
        protocol.handle(join(4), 0);
        lookups.get(0).fail(GroupException.of(ErrorCode.STORE_UNAVAILABLE, "away"));

        assertThat(answer(1).hasError()).isTrue();
        assertThat(answer(2).hasOpened()).isTrue();
        assertThat(answer(3).getJoined().getJoinCount()).isEqualTo(1);
        assertThat(answer(4).getJoined().getJoinCount()).isEqualTo(2);
        assertThat(protocol.isBusy()).isFalse();
    }

    private static SessionRequest openWith(long id, String resumeToken) {
        return request(id)
                .setOpen(SessionOpen.newBuilder()
                        .setTenantId("acme")
                        .setActorId("me")
                        .setResumeToken(resumeToken))
                .build();
    }

    private static SessionRequest join(long id) {
        return request(id)
                .setJoin(SubscribeRequest.newBuilder().setGroupName("room"))
                .build();
    }

    private void open() {
        protocol.handle(
                request(1)
                        .setOpen(SessionOpen.newBuilder().setTenantId("acme").setActorId("me"))
                        .build(),
                0);
        assertThat(answer(1).hasOpened()).isTrue();
    }

    private Answer answer(long id) {
        Awaitility.await().until(() -> !answers(id).isEmpty());
        assertThat(answers(id)).hasSize(1);
        return answers(id).get(0);
    }

    private List<Answer> answers(long id) {
        return peer.events().stream()
                .filter(Event::hasAnswer)
                .map(Event::getAnswer)
                .filter(answer -> answer.getRequestId() == id)
                .toList();
    }

    private static SessionRequest.Builder request(long id) {
        return SessionRequest.newBuilder().setRequestId(id);
    }

    private static SessionRequest.Builder publish(long id, String type) {
        return request(id)
                .setPublish(PublishToGroupRequest.newBuilder()
                        .setGroupName("room")
                        .setMessage(Message.newBuilder().setMessageType(type)));
    }

    private Groups holding(Groups groups) {
        return (Groups) Proxy.newProxyInstance(
                Groups.class.getClassLoader(), new Class<?>[] {Groups.class}, (proxy, method, arguments) -> {
                    if (holds && method.getName().equals("publish")) {
                        return Uni.createFrom().<Groups.PublishResult>emitter(held::add);
                    }
                    if (looksElsewhere && method.getName().equals("heldBy")) {
                        return Uni.createFrom().<List<GroupId>>emitter(lookups::add);
                    }
                    try {
                        return method.invoke(groups, arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    /** One event a write. */
    private enum Proto implements WireFormat<List<byte[]>> {
        INSTANCE;

        @Override
        public byte[] encode(io.plexspaces.processgroups.core.delivery.Event event) {
            return Events.toProto(event).toByteArray();
        }

        @Override
        public List<byte[]> join(byte[][] parts, int count, int bytes) {
            return List.copyOf(Arrays.asList(parts).subList(0, count));
        }

        @Override
        public void release(List<byte[]> joined) {}
    }

    /** Takes everything at once. */
    private static final class Peer implements Sink<List<byte[]>> {
        private final Executor loop = Runnable::run;
        private final List<Event> events = Collections.synchronizedList(new ArrayList<>());
        private volatile boolean closed;

        List<Event> events() {
            synchronized (events) {
                return List.copyOf(events);
            }
        }

        @Override
        public WireFormat<List<byte[]>> format() {
            return Proto.INSTANCE;
        }

        @Override
        public Executor loop() {
            return loop;
        }

        @Override
        public int heldBytes() {
            return 0;
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public void write(List<byte[]> joined, boolean shared) {
            for (byte[] event : joined) {
                try {
                    events.add(Event.parseFrom(event));
                } catch (InvalidProtocolBufferException failure) {
                    throw new AssertionError(failure);
                }
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close(@Nullable GroupException cause) {
            closed = true;
        }
    }
}
