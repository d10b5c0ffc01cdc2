package io.plexspaces.processgroups.log.redis.reading;

import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.log.redis.codec.Entries;
import io.plexspaces.processgroups.log.redis.codec.Texts;
import io.plexspaces.processgroups.log.redis.codec.UnreadableException;
import io.plexspaces.processgroups.log.redis.store.Unreadables;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** Reads the announcements of one group, once for all readings. */
public final class GroupFeed extends Feed<GroupReading> {
    private final GroupId group;
    private final Unreadables unreadables;
    private volatile long behind;

    public GroupFeed(GroupId group, String channel, Unreadables unreadables) {
        super(channel);
        this.group = group;
        this.unreadables = unreadables;
    }

    GroupId group() {
        return group;
    }

    @Override
    public void message(Buffer payload) {
        Entries.Announcement announced;
        try {
            announced = Entries.announcement(payload.getBytes());
        } catch (UnreadableException unreadable) {
            unreadables.found("group " + Texts.group(group), Unreadables.reason(unreadable));
            serial.execute(() -> readings().forEach(GroupReading::unheard));
            return;
        }
        serial.execute(() -> readings().forEach(reading -> reading.announced(announced)));
    }

    /** How many entries the last position check found that a reading had not delivered yet. */
    public long behind() {
        return behind;
    }

    /** Where the log ends, as a position check saw it. */
    void seen(String epoch, long end) {
        serial.execute(() -> {
            List<GroupReading> readings = readings();
            behind = readings.stream()
                    .mapToLong(reading -> reading.behind(epoch, end))
                    .max()
                    .orElse(0);
            readings.forEach(reading -> reading.seen(epoch, end));
        });
    }
}
