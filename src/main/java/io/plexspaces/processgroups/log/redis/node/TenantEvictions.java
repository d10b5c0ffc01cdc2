package io.plexspaces.processgroups.log.redis.node;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.log.Evictions;
import io.plexspaces.processgroups.log.redis.codec.Times;
import io.plexspaces.processgroups.log.redis.store.Keys;
import io.plexspaces.processgroups.log.redis.store.Scripts;
import io.plexspaces.processgroups.log.redis.store.StepSizes;
import io.plexspaces.processgroups.log.redis.store.Store;
import io.plexspaces.processgroups.log.redis.store.Unreadables;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Notes of evictions from whole tenants, in the first partition; and the bans that go with them, in each partition
 * beside its groups, so that the script that makes a join sees them. What was noted last counts: whoever has written it
 * to all partitions looks whether there is something newer meanwhile, and then writes that.
 */
public final class TenantEvictions {
    /** At which others may note something of the same actor at the same time. */
    private static final int ATTEMPTS = 5;

    private static final String NOTE = "note";
    private static final String LOOK = "look";

    private final Store store;
    private final Keys.Partition home;

    public TenantEvictions(Store store) {
        this.store = store;
        this.home = store.keys().partition(0);
    }

    /** @param left microseconds of the ban; 0: none */
    private record Noted(long number, long left) {
        /** Numbers grow: the store does not know any more what it has answered. */
        boolean isLost(Noted now) {
            return now.number() < number;
        }
    }

    public Future<Void> evict(String tenant, ActorId actor, @Nullable Duration ban) {
        String micros = ban == null ? "" : Long.toString(Times.micros(ban));
        return noted(NOTE, tenant, actor, micros)
                .compose(noted ->
                        ban == null ? Future.<Void>succeededFuture() : writeEverywhere(tenant, actor, noted, ATTEMPTS));
    }

    private Future<Noted> noted(String step, String tenant, ActorId actor, String micros) {
        return store.call(
                        Scripts.EVICT,
                        List.of(home.evicted(), home.evictedNumbers(), home.evictedForgotten(), home.evictedTenants()),
                        tenant + " " + actor.value(),
                        tenant,
                        step,
                        micros,
                        store.settings().limits().bansPerTenant(),
                        Evictions.MOST,
                        Times.micros(Evictions.NOTED))
                .map(this::noted);
    }

    private Noted noted(Response said) {
        if (said.get(0).toString().equals("-")) {
            throw said.get(1).toString().equals("tenant")
                    ? GroupException.evictions(store.settings().limits().bansPerTenant())
                    : GroupException.evictionsOfAll(Evictions.MOST);
        }
        return new Noted(Store.number(said.get(0)), Store.number(said.get(1)));
    }

    private Future<Void> writeEverywhere(String tenant, ActorId actor, Noted noted, int attempts) {
        List<Future<Response>> all = new ArrayList<>();
        for (int i = 0; i < store.keys().partitions(); i++) {
            String bans = store.keys().partition(i).bans(tenant);
            all.add(store.call(Scripts.BAN, List.of(bans), actor.value(), noted.left()));
        }
        return Future.all(all)
                .compose(written -> noted(LOOK, tenant, actor, ""))
                .compose(now -> {
                    if (now.number() == noted.number()) {
                        return Future.succeededFuture();
                    }
                    if (noted.isLost(now)) {
                        return Future.failedFuture(GroupException.of(
                                ErrorCode.STORE_UNAVAILABLE, "the store has lost the eviction; try again"));
                    }
                    return attempts > 1
                            ? writeEverywhere(tenant, actor, now, attempts - 1)
                            : Future.failedFuture(GroupException.of(
                                    ErrorCode.STORE_UNAVAILABLE,
                                    "others evict " + actor.value() + " at the same time; try again later"));
                });
    }

    public Future<Evictions.Notes> notesAfter(long number) {
        return store.call(Scripts.EVICTED, List.of(home.evicted(), home.evictedNumbers()), number, StepSizes.EVICTIONS)
                .map(this::notes);
    }

    private Evictions.Notes notes(Response said) {
        long now = Store.number(said.get(0));
        long last = 0;
        List<Evictions.Note> notes = new ArrayList<>(said.size() / 3);
        for (int i = 1; i < said.size(); i += 3) {
            last = Store.number(said.get(i));
            try {
                notes.add(note(last, said.get(i + 1).toString(), said.get(i + 2).toString(), now));
            } catch (RuntimeException unreadable) {
                store.unreadables().found("evictions from tenants", Unreadables.reason(unreadable));
            }
        }
        boolean more = said.size() == 1 + 3 * StepSizes.EVICTIONS;
        return new Evictions.Notes(List.copyOf(notes), last, more, Times.instant(now));
    }

    /** A newer server may write more behind what is known here. */
    private static Evictions.Note note(long number, String one, String ends, long now) {
        String[] who = one.split(" ", 3);
        if (who.length < 2) {
            throw new IllegalArgumentException("a note of nobody");
        }
        long end = Long.parseLong(ends.split(" ", 2)[0]);
        return new Evictions.Note(number, who[0], new ActorId(who[1]), end > now ? Times.instant(end) : null);
    }
}
