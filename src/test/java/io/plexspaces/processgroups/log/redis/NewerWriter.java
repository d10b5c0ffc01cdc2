package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.log.redis.connection.Script;
import io.plexspaces.processgroups.log.redis.store.Keys;

/** Writes into a group what no server of this version does, with all that goes with an entry. */
public final class NewerWriter {
    /**
     * KEYS: group. ARGV: kind, rest of the entry's head, body or ''. In the body {@code ~} stands for the byte that
     * says format 9.
     */
    private static final String APPEND = Script.of("state").text() + """
            local m = {struct.unpack(STATE, redis.call('HGET', KEYS[1], 'm'))}
            m[13] = nil
            m[1] = m[1] + 1
            local id = string.format('%.0f', m[1])
            local time = redis.call('TIME')
            local at = time[1] .. string.format('%06d', time[2])
            m[12] = tonumber(at)
            local head, body = ARGV[1] .. ' ' .. id .. ' ' .. at .. ' ', string.gsub(ARGV[3], '~', string.char(18))
            if ARGV[1] == 'P' then
              m[2] = m[2] + 1
              head = head .. string.format('%.0f %.0f ', m[2], m[7]) .. ARGV[2]
              redis.call('XADD', KEYS[1] .. ':messages', id, 'e', head, 'b', body)
            else
              m[3] = m[3] + 1
              head = head .. ARGV[2]
              redis.call('XADD', KEYS[1] .. ':changes', id, 'e', head, 'n', string.format('%.0f', m[2]))
            end
            redis.call('HSET', KEYS[1], 'm', struct.pack(STATE, unpack(m)))
            local entry = head .. body
            redis.call('PUBLISH', KEYS[1] .. ':log', redis.call('HGET', KEYS[1], 'e') .. ' ' .. #entry .. ' ' .. entry)
            return id
            """;

    private final RedisProcess redis;
    private final Keys keys;

    public NewerWriter(RedisProcess redis, String prefix) {
        this.redis = redis;
        this.keys = new Keys(prefix, 1);
    }

    /** A message in a format that is not known here. */
    void message(GroupId group) {
        eval(group, "P", "newer 1 1 ", "~and what follows");
    }

    /** An entry of a kind that is not known here. */
    void change(GroupId group) {
        eval(group, "U", "newer 1 1 alice what=follows", "");
    }

    void announce(GroupId group, String text) {
        redis.call("PUBLISH", keys.group(group).channel(), text);
    }

    void membership(GroupId group, String actor, String text) {
        redis.call("HSET", keys.group(group).members(), actor, text);
    }

    void spec(GroupId group, String text) {
        redis.call("HSET", keys.group(group).group(), "s", text);
    }

    void announceNamespace(Namespace namespace, String text) {
        redis.call("PUBLISH", keys.index(namespace.tenant()).channel(namespace), text);
    }

    /** An alarm that has rung. */
    public void due(String group) {
        redis.call("ZADD", keys.partition(0).due(), "1", group);
    }

    /** What is no group stands where one is. */
    public void replaceByText(GroupId group) {
        redis.call("SET", keys.group(group).group(), "no group");
    }

    private void eval(GroupId group, String kind, String head, String body) {
        String said = redis.call("EVAL", APPEND, "1", keys.group(group).group(), kind, head, body);
        if (said.startsWith("-")) {
            throw new AssertionError(said);
        }
    }
}
