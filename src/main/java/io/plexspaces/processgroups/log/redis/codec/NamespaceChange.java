package io.plexspaces.processgroups.log.redis.codec;

import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.Namespace;
import org.jspecify.annotations.Nullable;

/**
 * A group was created or deleted.
 *
 * @param before the version of the namespace until then; 0: it had no groups for a while
 * @param version since then
 * @param created null: it was deleted
 * @param group which one
 * @param epoch the epoch that began or ended
 */
public record NamespaceChange(
        long before, long version, @Nullable GroupInfo created, GroupId group, String epoch) {

    /**
     * Reads what list.lua and unlist.lua announce.
     *
     * @throws UnreadableException when they do not announce it so
     */
    public static NamespaceChange parse(Namespace namespace, byte[] bytes) {
        try {
            return parsed(namespace, bytes);
        } catch (RuntimeException damaged) {
            throw new UnreadableException("an announcement", damaged);
        }
    }

    private static NamespaceChange parsed(Namespace namespace, byte[] bytes) {
        ByteReader reader = new ByteReader(bytes, 0, bytes.length);
        long before = reader.decimal();
        long version = reader.decimal();
        if (reader.word().equals("+")) {
            GroupInfo info = Infos.decode(namespace, reader);
            return new NamespaceChange(before, version, info, info.id(), info.epoch());
        }
        reader.word();
        GroupId group = new GroupId(namespace, reader.word());
        return new NamespaceChange(before, version, null, group, reader.word());
    }
}
