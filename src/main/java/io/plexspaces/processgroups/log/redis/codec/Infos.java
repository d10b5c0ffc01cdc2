package io.plexspaces.processgroups.log.redis.codec;

import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.GroupInfo;
import io.plexspaces.processgroups.domain.GroupSpec;
import io.plexspaces.processgroups.domain.Namespace;

/** Groups as they are listed. */
public final class Infos {
    private Infos() {}

    /**
     * @param createdAt in microseconds
     * @throws UnreadableException that names the group
     */
    public static GroupInfo info(GroupId group, String epoch, long createdAt, byte[] spec, int members) {
        try {
            return infoOf(group, epoch, createdAt, spec, members);
        } catch (RuntimeException damaged) {
            throw new UnreadableException("group " + Texts.group(group), damaged);
        }
    }

    private static GroupInfo infoOf(GroupId group, String epoch, long createdAt, byte[] spec, int members) {
        return new GroupInfo(group, Specs.decode(spec), epoch, Times.instant(createdAt), members);
    }

    /**
     * Name, epoch, time of creation and spec; without namespace and members.
     *
     * @param format of the spec
     */
    public static byte[] encode(GroupInfo info, int format) {
        byte[] spec = Specs.encode(info.spec(), format);
        return new ByteWriter(64 + spec.length)
                .text(info.id().name())
                .text(info.epoch())
                .number(Times.micros(info.createdAt()))
                .bytes(Bytes.wrap(spec))
                .toBytes();
    }

    /** What {@link #encode} wrote, of a group without members. */
    static GroupInfo decode(Namespace namespace, ByteReader reader) {
        GroupId group = new GroupId(namespace, reader.text());
        String epoch = reader.text();
        long createdAt = reader.number();
        GroupSpec spec = Specs.decode(reader.bytes().array());
        return new GroupInfo(group, spec, epoch, Times.instant(createdAt), 0);
    }
}
