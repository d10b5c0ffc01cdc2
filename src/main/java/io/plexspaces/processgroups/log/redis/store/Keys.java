package io.plexspaces.processgroups.log.redis.store;

import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.log.redis.codec.Texts;
import io.plexspaces.processgroups.log.redis.connection.Slots;
import java.util.List;

/**
 * Names every key. Injective: the parts of a key are separated by colons, which are encoded where a name holds one. The
 * tag in braces decides the slot: that of the group's partition, so that a script reaches everything it needs.
 */
public final class Keys {
    private final String prefix;
    private final List<String> tags;

    public Keys(String prefix, int partitions) {
        this.prefix = prefix;
        this.tags = Slots.evenTags(partitions);
    }

    public int partitions() {
        return tags.size();
    }

    public int partition(GroupId group) {
        return tags.size() == 1 ? 0 : Slots.of(Texts.group(group)) % tags.size();
    }

    /** Where the last claim of a session is. */
    public int partition(String session) {
        return Slots.of(session) % tags.size();
    }

    public Partition partition(int number) {
        return new Partition(prefix + "{" + tags.get(number) + "}:");
    }

    public Group group(GroupId id) {
        return partition(partition(id)).group(id);
    }

    public Index index(String tenant) {
        return new Index(partition(Slots.of(tenant) % tags.size()).base + "tenant:" + encoded(tenant));
    }

    /** The channel of what other nodes send to one run of a node. */
    public String letters(NodeId node, long run) {
        return partition(Slots.of(node.value()) % tags.size()).base + "letters:" + encoded(node.value()) + ":" + run;
    }

    private static String encoded(String name) {
        return name.replace(":", "%3A");
    }

    /** What the groups of one partition share. */
    public record Partition(String base) {
        public String due() {
            return base + "due";
        }

        public String held() {
            return base + "held";
        }

        /** Groups that are deleted when they are empty, by when to look whether they are. */
        public String empty() {
            return base + "empty";
        }

        public String outbox() {
            return base + "outbox";
        }

        /** When its first group was made. */
        public String birth() {
            return base + "birth";
        }

        /** The history of the store's data: its replication id, with the token. */
        public String lineage() {
            return base + "lineage";
        }

        /** Leases of all nodes. */
        public String nodes() {
            return base + "nodes";
        }

        /** The format in which everything of the partition is written, or an older one. */
        public String format() {
            return base + "format";
        }

        /** The newest format that each incarnation reads. */
        public String formats() {
            return base + "formats";
        }

        public String node(NodeId node) {
            return base + "node:" + encoded(node.value());
        }

        /** The last claim of one session. */
        public String session(String id) {
            return base + "session:" + Texts.session(id).substring(2);
        }

        /** The answer to the last call of one writer on one track. */
        public String answer(int track, NodeId node, long incarnation) {
            return base + "answer:" + track + ":" + Texts.incarnation(node, incarnation);
        }

        /** Actors that may join no group of a tenant here, by the end of that. */
        public String bans(String tenant) {
            return base + "tenant:" + encoded(tenant) + ":bans";
        }

        /** Evictions from whole tenants: actors and the ends of their bans. In the first partition alone. */
        public String evicted() {
            return base + "evicted";
        }

        /** The same by the numbers of their notes. */
        public String evictedNumbers() {
            return base + "evicted:numbers";
        }

        /** The same by when the notes are forgotten. */
        public String evictedForgotten() {
            return base + "evicted:forgotten";
        }

        /** How many notes each tenant has. */
        public String evictedTenants() {
            return base + "evicted:tenants";
        }

        /** One of its groups. */
        public Group group(GroupId id) {
            return new Group(
                    this,
                    base + "tenant:" + encoded(id.tenant()) + ":namespace:"
                            + encoded(id.namespace().name()) + ":group:" + encoded(id.name()));
        }
    }

    /** The keys of one group, all of one slot, since they begin with its own; scripts make those that are not here. */
    public record Group(Partition partition, String group) {
        public String members() {
            return group + ":members";
        }

        /** Members of an epoch that has ended, until their sessions are removed from the index. */
        public String gone(String epoch) {
            return group + ":gone:" + epoch;
        }

        public String messages() {
            return group + ":messages";
        }

        public String changes() {
            return group + ":changes";
        }

        public String channel() {
            return group + ":log";
        }

        /** To be followed by an epoch. */
        public String deleted() {
            return group + ":deleted:";
        }

        public String answer(NodeId node, long incarnation) {
            return group + ":answer:" + Texts.incarnation(node, incarnation);
        }
    }

    /** The keys of one tenant's index. */
    public record Index(String base) {
        public String groups() {
            return base + ":groups";
        }

        public String epochs() {
            return base + ":epochs";
        }

        public String reserved() {
            return base + ":reserved";
        }

        public String version(Namespace namespace) {
            return base + ":namespace:" + encoded(namespace.name()) + ":version";
        }

        public String channel(Namespace namespace) {
            return base + ":namespace:" + encoded(namespace.name()) + ":changes";
        }
    }
}
