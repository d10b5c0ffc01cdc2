package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.core.delivery.Connection;
import io.plexspaces.processgroups.core.session.Sessions;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import org.jspecify.annotations.Nullable;

/** Connections that show one resume token at once. */
public final class Resumes {
    private Resumes() {}

    /** What became of one of them; either {@code opened} or {@code failure} is there. */
    public record Attempt(
            FakePeer peer,
            Connection connection,
            Sessions.@Nullable Opened opened,
            @Nullable GroupException failure) {
        public boolean isResumed() {
            return opened != null && opened.resumed();
        }

        public boolean isReplaced() {
            return failure != null && failure.code() == ErrorCode.SESSION_REPLACED;
        }
    }

    /** One connection at each of these nodes, which may be the same. */
    public static List<Attempt> atOnce(String actor, String token, CoreFixture... nodes) {
        CyclicBarrier start = new CyclicBarrier(nodes.length);
        List<CompletableFuture<Attempt>> all = new ArrayList<>();
        for (int i = 0; i < nodes.length; i++) {
            CoreFixture node = nodes[i];
            FakePeer peer = new FakePeer(i);
            CompletableFuture<Attempt> attempt = new CompletableFuture<>();
            all.add(attempt);
            new Thread(() -> attempt.completeAsync(() -> attempt(node, peer, actor, token, start), Runnable::run))
                    .start();
        }
        return all.stream().map(CompletableFuture::join).toList();
    }

    private static Attempt attempt(CoreFixture node, FakePeer peer, String actor, String token, CyclicBarrier start) {
        Connection connection = node.sessions.connect(peer);
        peer.connected(connection);
        try {
            start.await();
            Sessions.Opened opened = node.sessions
                    .open(connection, node.group("any").namespace(), new ActorId(actor), token)
                    .await()
                    .atMost(Duration.ofSeconds(20));
            return new Attempt(peer, connection, opened, null);
        } catch (GroupException failure) {
            return new Attempt(peer, connection, null, failure);
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }
}
