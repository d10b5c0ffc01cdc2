package io.plexspaces.processgroups.log.redis.append;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.log.Command;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Memberships that take the store long to change, as they have many owners or a large filter: known from the answers,
 * so that further changes of them go in calls with fewer others. Those that were changed lately. Thread-safe.
 */
final class LargeMemberships {
    private static final int MOST = 1_000;
    private static final int LARGE_CHARACTERS = 4_096;

    /** To read and write so much takes the store as long as a message does. */
    private static final int CHARACTERS_OF_A_MESSAGE = 1_024;

    /** Comparable, as clients choose the names: those of one hash code are found by their order. */
    private record Key(GroupId group, ActorId actor) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int groups = group.compareTo(other.group);
            return groups != 0 ? groups : actor.compareTo(other.actor);
        }
    }

    private final Map<Key, Integer> characters = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Integer> eldest) {
            return size() > MOST;
        }
    };

    /** Written with the lock held: nearly always no membership is large, and then nothing is looked up. */
    private volatile boolean any;

    /** @param text the membership as the store has it after a change */
    void changed(GroupId group, ActorId actor, String text) {
        if (!any && text.length() < LARGE_CHARACTERS) {
            return;
        }
        Key key = new Key(group, actor);
        synchronized (characters) {
            if (text.length() < LARGE_CHARACTERS) {
                characters.remove(key);
            } else {
                characters.put(key, text.length());
            }
            any = !characters.isEmpty();
        }
    }

    /** What a change costs beyond what it does by itself, counted in messages. */
    int cost(GroupId group, Command command) {
        if (!any || command instanceof Command.Publish) {
            return 0;
        }
        if (command instanceof Command.Join join) {
            return join.actors().stream().mapToInt(actor -> cost(group, actor)).sum();
        }
        if (command instanceof Command.Reach reach) {
            return reach.holders().stream()
                    .mapToInt(holder -> cost(group, holder.actor()))
                    .sum();
        }
        ActorId actor = actor(command);
        return actor == null ? 0 : cost(group, actor);
    }

    /** Of a change of one membership; null: it is none. */
    private static @Nullable ActorId actor(Command command) {
        if (command instanceof Command.Leave leave) {
            return leave.actor();
        } else if (command instanceof Command.TakeOver takeOver) {
            return takeOver.actor();
        } else if (command instanceof Command.Renew renew) {
            return renew.actor();
        } else if (command instanceof Command.Update update) {
            return update.actor();
        }
        return command instanceof Command.Evict evict ? evict.actor() : null;
    }

    private int cost(GroupId group, ActorId actor) {
        synchronized (characters) {
            return characters.getOrDefault(new Key(group, actor), 0) / CHARACTERS_OF_A_MESSAGE;
        }
    }
}
