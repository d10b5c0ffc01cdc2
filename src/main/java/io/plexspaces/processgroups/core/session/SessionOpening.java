package io.plexspaces.processgroups.core.session;

import io.plexspaces.processgroups.core.OperationIds;
import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.log.SessionOwners.Claim;
import io.smallrye.mutiny.CompositeException;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a session begins, is resumed, or is moved here from another node.
 *
 * <pre>
 * no token, or an unknown one -------------------> a new session
 * known here, in no group -----------------------> resumed here
 * known here, not claimed elsewhere since -------> resumed here
 * known here, claimed elsewhere since -----------> claimed again, then its joins are moved here (Takeovers)
 * has joins, but no session here ----------------> claimed, then its joins are moved here (Takeovers)
 * </pre>
 *
 * The claim is one step in the store, and the last claim gets the whole session
 * ({@code docs/adr/0019-one-owner-of-a-session.md}). Thread-safe.
 */
final class SessionOpening {
    private static final int TAKEOVERS_AT_ONCE = 64;

    private final Home home;
    private final OperationIds operations;
    private final Supplier<String> secrets;

    /** @param secrets unguessable texts, each once */
    SessionOpening(Home home, OperationIds operations, Supplier<String> secrets) {
        this.home = home;
        this.operations = operations;
        this.secrets = secrets;
    }

    /** As {@link Sessions#open}. */
    Uni<Sessions.Opened> open(Connection connection, Namespace namespace, ActorId actor, @Nullable String resumeToken) {
        return Uni.createFrom().deferred(() -> {
            Who who = new Who(connection, namespace, actor);
            if (resumeToken == null) {
                return Uni.createFrom().item(begin(who));
            }
            String id = idOf(resumeToken);
            Session known = home.known().get(id);
            return known != null ? goOn(known, who) : fromElsewhere(id, resumeToken, who);
        });
    }

    /** Whether the session of this token is here, is this actor's, and has a connection. */
    boolean isConnected(Namespace namespace, ActorId actor, @Nullable String resumeToken) {
        Session known = resumeToken == null ? null : home.known().get(idOf(resumeToken));
        return known != null
                && known.namespace().equals(namespace)
                && known.actor().equals(actor)
                && known.isConnected();
    }

    /** Who opens a session. */
    private record Who(Connection connection, Namespace namespace, ActorId actor) {
        boolean isFor(Session session) {
            return actor.equals(session.actor()) && namespace.equals(session.namespace());
        }
    }

    private Sessions.Opened begin(Who who) {
        String token = secrets.get();
        Session session = new Session(home, who.namespace(), who.actor(), token, ownerOf(idOf(token), 0));
        session.complete();
        home.known().add(session);
        if (!session.takeOver(who.connection())) {
            // Known for a moment, and its actor was evicted in it.
            GroupException evicted = session.evicted();
            throw evicted == null ? replaced(session, who) : evicted;
        }
        return new Sessions.Opened(session, token, false, List.of());
    }

    private Uni<Sessions.Opened> goOn(Session known, Who who) {
        if (!who.isFor(known)) {
            return Uni.createFrom().item(() -> begin(who));
        }
        if (!known.isComplete()) {
            return fromElsewhere(known.owner().id(), known.resumeToken(), who);
        }
        return known.groups().isEmpty() ? stay(known, who) : unlessClaimed(known, who);
    }

    /**
     * The client may have tried another node, which has claimed the session and has not moved all joins yet: that must
     * not end the session here.
     */
    private Uni<Sessions.Opened> unlessClaimed(Session known, Who who) {
        long own = known.owner().claim();
        return home.groups()
                .claimAgain(known)
                .onFailure(SessionOpening::isUnavailable)
                .recoverWithItem(() -> new Claim(own, false))
                .chain(claim -> !claim.ended() && claim.number() == own
                        ? stay(known, who)
                        : home.groups()
                                .heldBy(known.owner().id())
                                .chain(held -> claimed(claim, known.owner().id(), known.resumeToken(), held, who)));
    }

    private Uni<Sessions.Opened> stay(Session known, Who who) {
        return known.takeOver(who.connection())
                ? Uni.createFrom().item(new Sessions.Opened(known, known.resumeToken(), true, known.groups()))
                : fromElsewhere(known.owner().id(), known.resumeToken(), who);
    }

    /** A session without joins is not claimed: any client can invent a token. */
    private Uni<Sessions.Opened> fromElsewhere(String id, String token, Who who) {
        return home.groups().heldBy(id).chain(held -> {
            List<GroupId> present = held.stream()
                    .filter(group -> group.namespace().equals(who.namespace()))
                    .toList();
            if (present.isEmpty()) {
                return Uni.createFrom().item(() -> begin(who));
            }
            if (home.known().get(id) == null) {
                // Before the claim: the node that has the session keeps it when there is no room here.
                home.known().requireRoom();
            }
            return home.groups().claim(id).chain(claim -> claimed(claim, id, token, present, who));
        });
    }

    private Uni<Sessions.Opened> claimed(Claim claim, String id, String token, List<GroupId> held, Who who) {
        if (claim.ended()) {
            return Uni.createFrom().item(() -> begin(who));
        }
        Session arriving = new Session(home, who.namespace(), who.actor(), token, ownerOf(id, claim.number()));
        return bring(home.known().replace(arriving), arriving, held, who);
    }

    /**
     * Joins that cannot be moved now may be moved by the next attempt: until then the session is incomplete, and in its
     * grace.
     *
     * @param latest the session that this node has under the latest claim
     */
    private Uni<Sessions.Opened> bring(Session latest, Session session, List<GroupId> held, Who who) {
        if (latest != session) {
            return Uni.createFrom().failure(() -> replaced(session, who));
        }
        List<Uni<Boolean>> all = held.stream()
                .map(group -> home.groups()
                        .takeOver(group, session)
                        .replaceWith(true)
                        .onFailure(SessionOpening::isGone)
                        .recoverWithItem(false))
                .toList();
        return Uni.join()
                .all(all)
                .usingConcurrencyOf(TAKEOVERS_AT_ONCE)
                .andCollectFailures()
                .onFailure()
                .transform(failure -> notBrought(session, who, failure))
                .map(done -> arrived(session, who));
    }

    private Throwable notBrought(Session session, Who who, Throwable failure) {
        GroupException evicted = session.evicted();
        if (evicted != null) {
            return evicted;
        }
        List<Throwable> causes = failure instanceof CompositeException several ? several.getCauses() : List.of(failure);
        if (session.isDropped() || causes.stream().anyMatch(SessionOpening::isReplaced)) {
            return replaced(session, who);
        }
        session.awaitConnection();
        return causes.get(0);
    }

    private Sessions.Opened arrived(Session session, Who who) {
        GroupException evicted = session.evicted();
        if (evicted != null) {
            throw evicted;
        }
        if (session.isDropped()) {
            throw replaced(session, who);
        }
        if (session.groups().isEmpty()) {
            session.drop();
            return begin(who);
        }
        session.complete();
        if (!session.takeOver(who.connection())) {
            throw replaced(session, who);
        }
        return new Sessions.Opened(session, session.resumeToken(), true, session.groups());
    }

    /** Another connection or node has claimed the session since, and has all of it. */
    private static GroupException replaced(Session session, Who who) {
        session.replaced();
        GroupException cause = GroupException.sessionReplaced();
        who.connection().cut(cause);
        return cause;
    }

    private Owner.Session ownerOf(String id, long claim) {
        return new Owner.Session(id, home.settings().node(), operations.lease().incarnation(), claim);
    }

    private static boolean isGone(Throwable failure) {
        return GroupException.is(failure, ErrorCode.NOT_A_MEMBER, ErrorCode.GROUP_NOT_FOUND, ErrorCode.BANNED);
    }

    private static boolean isUnavailable(Throwable failure) {
        return GroupException.is(failure, ErrorCode.STORE_UNAVAILABLE);
    }

    private static boolean isReplaced(Throwable failure) {
        return GroupException.is(failure, ErrorCode.SESSION_REPLACED);
    }

    /** The public name of the session that a secret token belongs to. */
    private static String idOf(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(digest)
                    .substring(0, 22);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
