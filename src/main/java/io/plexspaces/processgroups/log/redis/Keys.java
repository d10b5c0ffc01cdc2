package io.plexspaces.processgroups.log.redis;

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
final class Keys {
    private final String prefix;
    private final List<String> tags;

    Keys(String prefix, int partitions) {
        this.prefix = prefix;
        this.tags = Slots.evenTags(partitions);
    }

    int partitions() {
        return tags.size();
    }

    int partition(GroupId group) {
        return tags.size() == 1 ? 0 : Slots.of(Texts.group(group)) % tags.size();
    }

    /** Where the last claim of a session is. */
    int partition(String session) {
        return Slots.of(session) % tags.size();
    }

    Partition partition(int number) {
        return new Partition(prefix + "{" + tags.get(number) + "}:");
    }

    Group group(GroupId id) {
        return partition(partition(id)).group(id);
    }

    Index index(String tenant) {
        return new Index(partition(Slots.of(tenant) % tags.size()).base + "tenant:" + encoded(tenant));
    }

    private static String encoded(String name) {
        return name.replace(":", "%3A");
    }

    /** What the groups of one partition share. */
    record Partition(String base) {
        String due() {
            return base + "due";
        }

        String held() {
            return base + "held";
        }

        String outbox() {
            return base + "outbox";
        }

        /** When its first group was made. */
        String birth() {
            return base + "birth";
        }

        /** Which store the data have been in since when. */
        String lineage() {
            return base + "lineage";
        }

        /** Leases of all nodes. */
        String nodes() {
            return base + "nodes";
        }

        /** The format in which everything of the partition is written, or an older one. */
        String format() {
            return base + "format";
        }

        /** The newest format that each incarnation reads. */
        String formats() {
            return base + "formats";
        }

        String node(NodeId node) {
            return base + "node:" + encoded(node.value());
        }

        /** The last claim of one session. */
        String session(String id) {
            return base + "session:" + Texts.session(id).substring(2);
        }

        /** Of the last call of one writer on one track. */
        String answer(int track, NodeId node, long incarnation) {
            return base + "answer:" + track + ":" + Texts.incarnation(node, incarnation);
        }

        /** One of its groups. */
        Group group(GroupId id) {
            return new Group(
                    this,
                    base + "tenant:" + encoded(id.tenant()) + ":namespace:"
                            + encoded(id.namespace().name()) + ":group:" + encoded(id.name()));
        }
    }

    /** The keys of one group, all of one slot, since they begin with its own; scripts make those that are not here. */
    record Group(Partition partition, String group) {
        String members() {
            return group + ":members";
        }

        /** Members of a life that has ended, until their sessions are seen to. */
        String gone(String epoch) {
            return group + ":gone:" + epoch;
        }

        String messages() {
            return group + ":messages";
        }

        String changes() {
            return group + ":changes";
        }

        String channel() {
            return group + ":log";
        }

        /** To be followed by an epoch. */
        String deleted() {
            return group + ":deleted:";
        }

        String answer(NodeId node, long incarnation) {
            return group + ":answer:" + Texts.incarnation(node, incarnation);
        }
    }

    /** The keys of one tenant's index. */
    record Index(String base) {
        String groups() {
            return base + ":groups";
        }

        String epochs() {
            return base + ":epochs";
        }

        String reserved() {
            return base + ":reserved";
        }

        String version(Namespace namespace) {
            return base + ":namespace:" + encoded(namespace.name()) + ":version";
        }

        String channel(Namespace namespace) {
            return base + ":namespace:" + encoded(namespace.name()) + ":changes";
        }
    }
}
