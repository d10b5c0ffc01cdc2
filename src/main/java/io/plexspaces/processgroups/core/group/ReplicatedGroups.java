package io.plexspaces.processgroups.core.group;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.LocalSession;
import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.core.Settings;
import io.plexspaces.processgroups.core.Subscription;
import io.plexspaces.processgroups.core.asks.Asks;
import io.plexspaces.processgroups.core.asks.GroupAsks;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.delivery.DeliveryLoops;
import io.plexspaces.processgroups.core.members.Member;
import io.plexspaces.processgroups.core.members.Members;
import io.plexspaces.processgroups.core.publish.Publisher;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Entry;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.domain.Membership;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.OperationId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.Position;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.GroupLog;
import io.plexspaces.processgroups.log.GroupPage;
import io.plexspaces.processgroups.log.GroupQuery;
import io.plexspaces.processgroups.log.SessionOwners.Claim;
import io.plexspaces.processgroups.log.Slice;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The use cases, on this node's replicas of the groups' logs.
 *
 * <p>One file, as each of them is a few lines.
 */
public final class ReplicatedGroups implements Groups, Asks.Way {
    private final GroupLog log;
    private final Replicas replicas;
    private final DeliveryLoops loops;
    private final OperationIds operations;
    private final Settings settings;
    private final Supplier<String> ids;
    private final EvictionGate evictions = new EvictionGate();
    private final Publisher publishes;

    /** @param ids unguessable texts, each once */
    public ReplicatedGroups(
            GroupLog log,
            Replicas replicas,
            DeliveryLoops loops,
            OperationIds operations,
            Settings settings,
            Supplier<String> ids) {
        this.log = log;
        this.replicas = replicas;
        this.loops = loops;
        this.operations = operations;
        this.settings = settings;
        this.ids = ids;
        this.publishes = new Publisher(log, replicas, operations, settings.node());
    }

    @Override
    public Uni<GroupInfo> create(GroupId group, GroupSpec spec) {
        return append(group, new Command.Create(spec))
                .map(done -> new GroupInfo(group, spec, done.position().epoch(), done.at(), 0));
    }

    @Override
    public Uni<Boolean> delete(GroupId group) {
        Command delete = new Command.Delete();
        return readAgain(
                        group,
                        () -> replicas.known(
                                group,
                                () -> log.append(group, null, delete, operations.next()),
                                done -> done.position().offset() == 0))
                .map(done -> done.position().offset() > 0);
    }

    @Override
    public Uni<JoinResult> join(JoinRequest request) {
        Subscription subscription = request.subscription();
        if (subscription != null) {
            return replicas.with(
                    request.group(), request.missing(), replica -> joinAndReceive(replica, request, subscription));
        }
        NodeId node = request.node() == null ? settings.node() : request.node();
        String leaseId = request.ttl() == null ? "" : ids.get();
        Owner owner = request.ttl() == null ? new Owner.Durable(node) : new Owner.Lease(leaseId);
        Command join = new Command.Join(
                request.actors(), request.filter(), owner, node, request.ttl(), false, request.metadata());
        return replicas.orMade(
                        request.group(),
                        request.missing(),
                        () -> readAgain(request.group(), () -> append(request.group(), join)))
                .map(done -> new JoinResult(done.position(), joins(done.membership()), leaseId));
    }

    private Uni<JoinResult> joinAndReceive(GroupReplica replica, JoinRequest request, Subscription subscription) {
        Owner.Session owner = subscription.session().owner();
        OperationId operation = operations.next(owner);
        replica.expectJoined(operation, subscription, request.filter(), request.metadata());
        Command join = new Command.Join(
                request.actors(), request.filter(), owner, settings.node(), null, false, request.metadata());
        return log.append(replica.group(), replica.epoch(), join, operation)
                .onFailure()
                .invoke(failure -> giveUp(replica, operation, failure))
                .chain(done -> replica.joined(operation, done.position()).replaceWith(done))
                .map(done -> new JoinResult(done.position(), joins(done.membership()), ""));
    }

    @Override
    public Uni<LeaveResult> leave(LeaveRequest request) {
        LocalSession session = request.session();
        String lease = request.leaseId();
        Owner owner = session != null ? session.owner() : lease != null ? new Owner.Lease(lease) : null;
        Command leave = new Command.Leave(request.actor(), owner, request.all(), request.reason());
        return readAgain(request.group(), () -> append(request.group(), leave))
                .call(done -> session == null ? Uni.createFrom().voidItem() : keepLeft(request.group(), session, done))
                .map(done -> new LeaveResult(done.position(), joins(done.membership())));
    }

    @Override
    public Uni<UpdateResult> update(UpdateRequest request) {
        LocalSession session = request.session();
        String lease = request.leaseId();
        Owner owner = session != null ? session.owner() : lease != null ? new Owner.Lease(lease) : null;
        Command update = new Command.Update(request.actor(), owner, request.metadata());
        return readAgain(request.group(), () -> append(request.group(), update))
                .call(() -> session == null ? Uni.createFrom().voidItem() : keepUpdated(request, session))
                .map(done -> new UpdateResult(done.position()));
    }

    /** An update that was accepted must not be undone by making lost joins again. */
    private Uni<Void> keepUpdated(UpdateRequest request, LocalSession session) {
        GroupReplica replica = replicas.ifOpen(request.group());
        return replica == null ? Uni.createFrom().voidItem() : replica.updated(session, request.metadata());
    }

    @Override
    public Uni<EvictResult> evict(GroupId group, ActorId actor, @Nullable Duration ban) {
        Command evict =
                ban == null ? new Command.Leave(actor, null, true, LeaveReason.EVICTED) : new Command.Evict(actor, ban);
        return readAgain(group, () -> append(group, evict)).map(done -> new EvictResult(done.position(), done.ended()));
    }

    @Override
    public Uni<EvictResult> evictEverywhere(String tenant, ActorId actor, @Nullable Duration ban) {
        return evictions
                .pass(tenant, () -> log.evict(tenant, actor, ban)
                        .chain(() -> new TenantEviction(log, operations, tenant, actor).run()))
                .map(ended -> new EvictResult(new Position("", 0), ended));
    }

    @Override
    public Uni<RenewResult> renew(RenewRequest request) {
        return append(request.group(), new Command.Renew(request.actor(), request.leaseId(), request.ttl()))
                .map(done -> renewed(request, done));
    }

    private RenewResult renewed(RenewRequest request, Appended done) {
        Membership membership = done.membership();
        if (membership == null) {
            throw GroupException.notAMember(request.group(), request.actor());
        }
        GroupReplica replica = replicas.ifOpen(request.group());
        if (replica != null) {
            replica.renewed(membership);
        }
        List<Instant> ends = membership.holdings().stream()
                .filter(held -> held.owner() instanceof Owner.Lease owner
                        && (request.leaseId() == null || owner.id().equals(request.leaseId())))
                .flatMap(held -> Stream.ofNullable(held.lease()))
                .map(Membership.Lease::expiresAt)
                .toList();
        return new RenewResult(ends.stream().min(Instant::compareTo).orElse(done.at()), ends.size());
    }

    @Override
    public Uni<MemberPage> members(MembersQuery query) {
        return replicas.with(
                query.group(),
                replica -> query.localOnly()
                        ? Uni.createFrom().item(page(query, replica))
                        : log.end(query.group()).chain(replica.state()::upTo).map(reached -> page(query, replica)));
    }

    private static MemberPage page(MembersQuery query, GroupReplica replica) {
        Members members = replica.members();
        List<Membership> page = members.page(query.localOnly(), query.after(), query.limit() + 1);
        boolean more = page.size() > query.limit();
        int counted = query.localOnly() ? members.countHere() : members.count();
        // An answer with all members states their number as listed, though others join and leave meanwhile.
        int total = more || query.after() != null ? counted : page.size();
        return new MemberPage(more ? page.subList(0, query.limit()) : page, more, total, replica.position());
    }

    @Override
    public Uni<GroupPage> list(GroupQuery query) {
        return log.groups(query);
    }

    @Override
    public Uni<PublishResult> publish(PublishRequest request) {
        if (loops.isOverloaded()) {
            return Uni.createFrom()
                    .failure(GroupException.of(ErrorCode.OVERLOADED, "too much is waiting for delivery, try again"));
        }
        return publishes.publish(request);
    }

    @Override
    public Uni<PublishResult> ask(AskRequest request) {
        PublishRequest publish = request.publish();
        GroupReplica replica = replicas.ifOpen(publish.group());
        boolean isForAll = publish.topic() == null && publish.spread() == Spread.ALL;
        if (replica != null && isForAll && replica.members().count() > settings.recipientIds()) {
            return Uni.createFrom().failure(GroupException.limit("recipient-ids", settings.recipientIds()));
        }
        return replicas.asks().ask(request, this);
    }

    @Override
    public <T> Uni<T> in(GroupId group, Function<GroupAsks, Uni<T>> use) {
        return replicas.with(group, replica -> use.apply(replica.asks()));
    }

    @Override
    public void keepAsks(Connection asker, Predicate<AskedAs> allowed) {
        replicas.asks().keep(asker, allowed);
    }

    @Override
    public boolean endAsk(Connection asker, long number) {
        return replicas.asks().end(asker, number);
    }

    @Override
    public Uni<ReplyResult> reply(ReplyRequest request) {
        return in(request.group(), asks -> asks.reply(request));
    }

    @Override
    public Uni<Slice> fetch(FetchRequest request) {
        ActorId actor = request.actor();
        if (actor == null) {
            return read(request);
        }
        return replicas.with(request.group(), replica -> {
            Member member = replica.members().get(actor);
            if (member == null) {
                return Uni.createFrom().failure(GroupException.notAMember(request.group(), actor));
            }
            return read(request).map(slice -> onlyFor(member.membership(), slice));
        });
    }

    private Uni<Slice> read(FetchRequest request) {
        return request.back()
                ? log.readBack(request.group(), request.from(), request.limit())
                : log.read(request.group(), request.from(), request.limit());
    }

    @Override
    public Uni<List<GroupId>> heldBy(String session) {
        return log.heldBy(session);
    }

    @Override
    public Uni<Claim> claim(String session) {
        return Uni.createFrom().deferred(() -> log.claim(session, operations.next()));
    }

    @Override
    public Uni<Claim> claimAgain(LocalSession session) {
        return Uni.createFrom().deferred(() -> log.claimAgain(session.owner(), operations.next()));
    }

    @Override
    public Uni<Boolean> end(LocalSession session) {
        return log.end(session.owner(), operations.next(session.owner()));
    }

    @Override
    public Uni<Void> takeOver(GroupId group, LocalSession session) {
        return replicas.with(group, replica -> takeOver(replica, session));
    }

    private Uni<Void> takeOver(GroupReplica replica, LocalSession session) {
        OperationId operation = operations.next(session.owner());
        Command takeOver = new Command.TakeOver(session.actor(), session.owner(), settings.node());
        replica.expectArrived(operation, session);
        return log.append(replica.group(), replica.epoch(), takeOver, operation)
                .onFailure()
                .invoke(failure -> giveUp(replica, operation, failure))
                .chain(done -> replica.arrived(operation, done.position()));
    }

    /** A change without an answer may have been made, or may still be. */
    private static void giveUp(GroupReplica replica, OperationId operation, Throwable failure) {
        if (GroupException.is(failure, ErrorCode.STORE_UNAVAILABLE)) {
            replica.doubt(operation);
        } else {
            replica.forget(operation);
        }
    }

    private static Slice onlyFor(Membership member, Slice slice) {
        List<Entry.Published> wanted =
                slice.messages().stream().filter(entry -> entry.isFor(member)).toList();
        return slice.with(wanted);
    }

    private Uni<Appended> append(GroupId group, Command command) {
        return replicas.known(group, () -> log.append(group, null, command, operations.next()), done -> false);
    }

    /** A leave that was accepted must not be undone by making lost joins again. */
    private Uni<Void> keepLeft(GroupId group, LocalSession session, Appended done) {
        GroupReplica replica = replicas.ifOpen(group);
        return replica == null ? Uni.createFrom().voidItem() : replica.left(session, done);
    }

    /** Makes a change, and waits until this node has read its entry, if it reads the group at all. */
    private Uni<Appended> readAgain(GroupId group, Supplier<Uni<Appended>> change) {
        return Uni.createFrom().deferred(() -> {
            GroupReplica before = replicas.ifOpen(group);
            int jumps = before == null ? 0 : before.jumps();
            return change.get().chain(done -> readAgain(group, before, jumps, done));
        });
    }

    private Uni<Appended> readAgain(GroupId group, @Nullable GroupReplica before, int jumps, Appended done) {
        GroupReplica replica = replicas.ifOpen(group);
        if (replica == null || done.position().offset() == 0 || !replica.use().enter()) {
            return Uni.createFrom().item(done);
        }
        Uni<Void> read = replica == before
                ? replica.state().reached(done.position(), jumps)
                : replica.state().reached(done.position());
        return read.onTermination().invoke(replica.use()::exit).replaceWith(done);
    }

    private static int joins(@Nullable Membership membership) {
        return membership == null ? 0 : membership.joinCount();
    }
}
