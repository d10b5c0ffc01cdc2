package io.plexspaces.processgroups.log.redis.store;

import io.plexspaces.processgroups.log.redis.connection.Script;

/** Every script of the log; each says in its first lines which keys and arguments it takes, and what it answers. */
public final class Scripts {
    public static final Script APPEND =
            Script.of("prelude", "state", "past", "stream", "group", "bans", "member", "one", "append");
    public static final Script EXPIRE = Script.of("prelude", "state", "past", "stream", "group", "member", "expire");
    public static final Script CREATE = Script.of("prelude", "state", "past", "create");
    public static final Script DELETE = Script.of("prelude", "state", "few", "delete");
    public static final Script CLEAR = Script.of("clear");
    public static final Script SWEEP = Script.of("prelude", "sweep");
    public static final Script LEASE = Script.of("prelude", "lease");
    public static final Script NODES = Script.of("prelude", "nodes");
    public static final Script OPEN = Script.of("state", "lineage", "few", "open");
    public static final Script MEMBERS = Script.of("state", "members");
    public static final Script READ = Script.of("state", "past", "stream", "read");
    public static final Script BACK = Script.of("state", "past", "stream", "back");
    public static final Script TAIL = Script.of("state", "past", "lineage", "stream", "tail");
    public static final Script FORK = Script.of("past", "fork");
    public static final Script INFOS = Script.of("infos");
    public static final Script POSITIONS = Script.of("prelude", "state", "positions");
    public static final Script RESERVE = Script.of("reserve");
    public static final Script LIST = Script.of("list");
    public static final Script UNLIST = Script.of("unlist");
    public static final Script NAMES = Script.of("names");
    public static final Script COUNT = Script.of("count");
    public static final Script CLAIM = Script.of("prelude", "claim");
    public static final Script FIRST = Script.of("first");
    public static final Script HELD = Script.of("held");
    public static final Script EVICT = Script.of("prelude", "evict");
    public static final Script EVICTED = Script.of("evicted");
    public static final Script BAN = Script.of("prelude", "ban");
    public static final Script FORGET = Script.of("forget");
    public static final Script LETTERS = Script.of("letters");

    private Scripts() {}
}
