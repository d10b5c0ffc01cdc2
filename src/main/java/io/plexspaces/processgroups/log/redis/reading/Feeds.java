package io.plexspaces.processgroups.log.redis.reading;

import io.plexspaces.processgroups.log.redis.connection.RedisServers;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The feeds with readings, each subscribed to while it has one. Thread-safe.
 *
 * @param <K> what a feed is about
 * @param <F> the kind of feed
 */
public final class Feeds<K, F extends Feed<?>> {
    private final RedisServers servers;
    private final Function<K, F> make;
    private final Map<K, F> feeds = new ConcurrentHashMap<>();

    public Feeds(RedisServers servers, Function<K, F> make) {
        this.servers = servers;
        this.make = make;
    }

    /** The feed, which stays until {@link #release} was called as often. */
    public F acquire(K key) {
        return feeds.compute(key, (about, present) -> {
            F feed = present == null ? make.apply(about) : present;
            if (feed.wanted++ == 0) {
                servers.subscribe(feed.channel(), feed);
            }
            return feed;
        });
    }

    public void release(K key) {
        feeds.computeIfPresent(key, (about, feed) -> {
            if (--feed.wanted > 0) {
                return feed;
            }
            servers.unsubscribe(feed.channel(), feed);
            return null;
        });
    }

    public void forEach(Consumer<F> action) {
        feeds.values().forEach(action);
    }
}
