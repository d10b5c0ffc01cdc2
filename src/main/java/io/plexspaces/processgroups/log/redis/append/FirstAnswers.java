package io.plexspaces.processgroups.log.redis.append;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.log.Appended;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.FirstAnswer;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Response;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The answers to messages with idempotency keys. The ids of an answer, which are the same for many, are a key of
 * their own, named by their digest, and go to the store once in a while only. Thread-safe.
 */
public final class FirstAnswers {
    private static final String NONE = "-";

    /** Stands for a digest: the store keeps no more ids for this group, for now. */
    private static final String REFUSED = "";

    /** When an answer that is not there yet is looked for again, in milliseconds after the last time. */
    private static final int[] AGAIN_AFTER = {20, 80, 200, 700};

    /** The store keeps them for five minutes, and needs them for two. */
    private static final long SENT_NANOS = 150_000_000_000L;

    private static final int SENT = 1_000;

    private final Store store;

    /** Ids that the store has, or refuses, and since when. Guarded by itself. */
    private final Map<Sent, Long> sent = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Sent, Long> eldest) {
            return size() > SENT;
        }
    };

    /** @param epoch ids are deleted with the group, and must be sent again in its next epoch */
    private record Sent(GroupId group, @Nullable String epoch, String digest) {}

    public FirstAnswers(Store store) {
        this.store = store;
    }

    /** As append.lua takes it. */
    public List<byte[]> arguments(GroupId group, @Nullable String epoch, Command.Answer command, long sequence) {
        FirstAnswer answer = command.answer();
        byte[] ids = isSent(new Sent(group, epoch, REFUSED))
                ? new byte[0]
                : answer.ids().stream()
                        .map(ActorId::value)
                        .collect(Collectors.joining(" "))
                        .getBytes(UTF_8);
        String digest = ids.length == 0 ? NONE : digest(ids);
        boolean known = ids.length == 0 || isSent(new Sent(group, epoch, digest));
        List<byte[]> all = new ArrayList<>(7);
        all.add("A".getBytes(UTF_8));
        all.add(Long.toString(sequence).getBytes(UTF_8));
        all.add(command.idempotencyKey().getBytes(UTF_8));
        all.add(Long.toString(command.offset()).getBytes(UTF_8));
        all.add((answer.recipients() + " " + answer.failures() + " " + perNode(answer.perNode())).getBytes(UTF_8));
        all.add(digest.getBytes(UTF_8));
        all.add(known ? new byte[0] : ids);
        return all;
    }

    /**
     * An answer is in the store, and its ids with it, unless {@code done} says that there are too many: then no more of
     * this group are sent for a while.
     */
    public void kept(GroupId group, @Nullable String epoch, List<byte[]> arguments, Appended done) {
        if (arguments.get(6).length > 0) {
            String digest = done.repeated() ? REFUSED : new String(arguments.get(5), UTF_8);
            synchronized (sent) {
                sent.put(new Sent(group, epoch, digest), System.nanoTime());
            }
        }
    }

    private boolean isSent(Sent ids) {
        synchronized (sent) {
            Long since = sent.get(ids);
            if (since != null && System.nanoTime() - since > SENT_NANOS) {
                sent.remove(ids);
                return false;
            }
            return since != null;
        }
    }

    public Future<Optional<FirstAnswer>> find(GroupId group, String key, long offset) {
        return find(group, key, offset, 0);
    }

    private Future<Optional<FirstAnswer>> find(GroupId group, String key, long offset, int attempt) {
        List<String> keys = List.of(store.keys().group(group).group());
        return store.call(Scripts.FIRST, keys, key, offset).compose(said -> {
            if (said.size() > 0) {
                return Future.succeededFuture(Optional.of(answer(said)));
            }
            if (attempt == AGAIN_AFTER.length) {
                return Future.succeededFuture(Optional.empty());
            }
            Promise<Void> pause = Promise.promise();
            store.servers().later(AGAIN_AFTER[attempt], pause::complete);
            return pause.future().compose(over -> find(group, key, offset, attempt + 1));
        });
    }

    private static FirstAnswer answer(Response said) {
        String[] words = said.get(0).toString().split(" ", -1);
        String ids = said.get(1).toString();
        return new FirstAnswer(
                Integer.parseInt(words[0]),
                Integer.parseInt(words[1]),
                perNode(words[2]),
                ids.isEmpty()
                        ? List.of()
                        : Arrays.stream(ids.split(" ", -1)).map(ActorId::new).toList());
    }

    private static String perNode(Map<NodeId, Integer> counts) {
        return counts.isEmpty()
                ? NONE
                : counts.entrySet().stream()
                        .map(one -> one.getKey().value() + "=" + one.getValue())
                        .collect(Collectors.joining(","));
    }

    private static Map<NodeId, Integer> perNode(String text) {
        Map<NodeId, Integer> counts = new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
        if (!text.equals(NONE)) {
            for (String one : text.split(",", -1)) {
                int at = one.indexOf('=');
                counts.put(new NodeId(one.substring(0, at)), Integer.parseInt(one.substring(at + 1)));
            }
        }
        return counts;
    }

    private static String digest(byte[] ids) {
        try {
            byte[] whole = MessageDigest.getInstance("SHA-256").digest(ids);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(whole, 16));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
