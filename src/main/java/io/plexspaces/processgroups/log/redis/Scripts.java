package io.plexspaces.processgroups.log.redis;

import io.plexspaces.processgroups.log.redis.connection.Script;

/** Every script of the log; each says in its first lines which keys and arguments it takes, and what it answers. */
final class Scripts {
    static final Script APPEND = Script.of("prelude", "state", "past", "group", "member", "one", "append");
    static final Script EXPIRE = Script.of("prelude", "state", "past", "group", "member", "expire");
    static final Script CREATE = Script.of("prelude", "state", "past", "create");
    static final Script DELETE = Script.of("prelude", "state", "few", "delete");
    static final Script CLEAR = Script.of("clear");
    static final Script SWEEP = Script.of("prelude", "sweep");
    static final Script LEASE = Script.of("prelude", "lease");
    static final Script OPEN = Script.of("state", "lineage", "few", "open");
    static final Script MEMBERS = Script.of("state", "members");
    static final Script READ = Script.of("state", "past", "read");
    static final Script TAIL = Script.of("state", "past", "lineage", "tail");
    static final Script FORK = Script.of("past", "fork");
    static final Script INFOS = Script.of("infos");
    static final Script POSITIONS = Script.of("prelude", "state", "positions");
    static final Script RESERVE = Script.of("reserve");
    static final Script LIST = Script.of("list");
    static final Script UNLIST = Script.of("unlist");
    static final Script NAMES = Script.of("names");
    static final Script CLAIM = Script.of("prelude", "claim");
    static final Script FIRST = Script.of("first");
    static final Script HELD = Script.of("held");
    static final Script FORGET = Script.of("forget");

    private Scripts() {}
}
