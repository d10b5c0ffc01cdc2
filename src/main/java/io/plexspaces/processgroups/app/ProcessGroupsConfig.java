package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every setting of the service itself; {@code docs/configuration.md} lists them. A value out of its range stops the
 * start.
 *
 * <p>One file, as it is one list: each setting with its default and range.
 */
@ConfigMapping(prefix = "processgroups")
// ConfigKey reads the methods of each section, and their annotations.
@RegisterForReflection
interface ProcessGroupsConfig {
    /**
     * Where groups are kept. {@code memory}: in this process alone, gone with it. {@code redis}: in Redis or Valkey,
     * shared by all servers of it.
     */
    @WithDefault("memory")
    Store store();

    /**
     * Who may call. {@code none}: every client that can reach the server, which therefore listens on loopback only.
     * {@code jwt}: those with a token, and they may do what it says.
     */
    @WithDefault("none")
    Auth auth();

    /** How tokens are checked, and what they allow. */
    @WithName("auth")
    Authentication authentication();

    /**
     * Whether refusals, and what callers created and deleted, are written to the log's category {@code audit}. Default:
     * with {@code jwt}.
     */
    Optional<Boolean> audit();

    /**
     * Name of the TLS configuration, {@code quarkus.tls.<name>}, that all listeners use; plain text is off then.
     * Default: they speak plain text.
     */
    Optional<String> tls();

    /** TLS of the listeners. */
    @WithName("tls")
    ListenerTls listenerTls();

    /** The store {@code memory}. */
    Memory memory();

    /** The store {@code redis}. Its address stands in the platform's keys {@code quarkus.redis}. */
    Redis redis();

    /** This server among others. */
    Node node();

    /** Live connections and what becomes of their joins. */
    Session session();

    /** How a stop treats live connections. */
    Drain drain();

    /** The way of events to connections. */
    Delivery delivery();

    /** What groups keep that are created without a retention of their own. */
    Retention retention();

    /**
     * Bounds on everything a client can make grow. What passes one is refused with LIMIT_EXCEEDED or INVALID_ARGUMENT.
     */
    Limits limits();

    /** What tenants and sessions may use of this server. What is beyond is refused with QUOTA_EXCEEDED. */
    Quotas quotas();

    /** This node's live readings of groups. */
    Replica replica();

    /** Regular work. */
    Reaper reaper();

    /** The HTTP port, which WebSockets begin at. */
    Http http();

    /** The listener for those who run the server. */
    Management management();

    /** The WebSocket endpoint. */
    Websocket websocket();

    /** Metrics. */
    Metrics metrics();

    /** Known stores. */
    enum Store {
        MEMORY,
        REDIS
    }

    /** Whether clients show certificates. */
    enum ClientAuth {
        NONE,
        REQUIRED
    }

    /** TLS of the listeners. */
    interface ListenerTls {
        /** {@code required}: clients must have a certificate of an issuer in the trust store of the configuration. */
        @WithDefault("none")
        ClientAuth clientAuth();
    }

    /** Known ways to authenticate a caller. */
    enum Auth {
        NONE,
        JWT
    }

    /** With {@code processgroups.auth = jwt}: where the keys of tokens come from, one of three, and what tokens say. */
    interface Authentication {
        /** Address of the issuer's keys: a JSON Web Key Set. */
        Optional<String> jwksUrl();

        /** Time between two fetches of these keys. */
        @WithDefault("5M")
        @Range(min = "30S", max = "24H")
        Duration jwksRefresh();

        /** File of the issuer's public keys or certificates. Read again when it changes. */
        Optional<String> pemFile();

        /** 32 bytes or more that the issuer has, too: for development and tests. */
        Optional<String> sharedSecret();

        /** What the claim {@code iss} must be. Default: anything. */
        Optional<String> issuer();

        /** Of which the claim {@code aud} must have one. Default: it may be anything. */
        Optional<List<String>> audiences();

        /** Where tokens have what is needed of them. */
        Claims claims();

        /** What each role allows. */
        Map<String, List<RuleConfig>> roles();

        /** Whether {@code processgroups.auth = none} may listen elsewhere than on loopback. */
        @WithDefault("false")
        boolean noneAnywhere();

        /**
         * Whether with {@code processgroups.auth = jwt} a listener without TLS may be elsewhere than on loopback, as
         * something else encrypts the way to clients.
         */
        @WithDefault("false")
        boolean plaintext();
    }

    /** Names of claims, or paths to them with dots between. */
    interface Claims {
        /** The tenant; required in a token. */
        @WithDefault("tenant")
        String tenant();

        /** Who it is, {@code ${sub}} in rules; required in a token. */
        @WithDefault("sub")
        String subject();

        /** Names of roles. */
        @WithDefault("roles")
        String roles();

        /** Rules of the token's own. */
        @WithDefault("processgroups")
        String rules();
    }

    /** One right of a role. */
    interface RuleConfig {
        /** Patterns. Default: any. */
        Optional<List<String>> namespaces();

        /** Patterns of their names. Default: any. */
        Optional<List<String>> groups();

        /** Patterns as in a topic filter. Default: no limits. */
        Optional<List<String>> topics();

        /** Patterns in which {@code ${sub}} is the token's subject. Default: {@code ${sub}}. */
        Optional<List<String>> actors();

        /** Of {@code join}, {@code publish}, {@code read}, {@code manage}; {@code *}: all. Default: {@code read}. */
        Optional<List<String>> ops();
    }

    /** This server among others. */
    interface Node {
        /**
         * Name of this server: 1 to 255 bytes, by the rule for names; no two live servers of one store share it.
         * Default: the host's name (`HOSTNAME`, or else as the system has it) and the gRPC port.
         */
        Optional<String> id();

        /**
         * How long this server may write after it last renewed its lease in a shared store. When it is over, other
         * servers end the joins of its connections.
         */
        @WithDefault("15S")
        @Range(min = "500ms", max = "1H")
        Duration leaseTtl();

        /** How long a start waits for the store to give the lease; then it ends with exit code 1. */
        @WithDefault("30S")
        @Range(min = "1S", max = "1H")
        Duration startTimeout();

        /** Time between two renewals of the lease; less than its ttl, best a third. */
        @WithDefault("5S")
        @Range(min = "100ms", max = "30M")
        Duration renewInterval();
    }

    /** The store {@code memory}. */
    interface Memory {
        /**
         * Bytes that all groups may hold together, 1M or more. When they do, new groups, joins and idempotency keys are
         * refused with OVERLOADED, and groups keep fewer messages. Default: a quarter of the heap.
         */
        Optional<MemorySize> bytes();
    }

    /** The store {@code redis}. */
    interface Redis {
        /** What every key and channel begins with. Servers with different prefixes do not see each other. No braces. */
        @WithDefault("processgroups:")
        String prefix();

        /**
         * How many slots the groups are spread over; the same for all servers, for as long as there are groups. 0: 64
         * on a cluster, else 1.
         */
        @WithDefault("0")
        @Range(min = "0", max = "1024")
        int partitions();

        /**
         * How long a request waits for the store, over repeated attempts; afterwards it fails with STORE_UNAVAILABLE.
         */
        @WithDefault("5S")
        @Range(min = "100ms", max = "30S")
        Duration timeout();

        /** Time between two looks whether a group's events were missed that no later event would show. */
        @WithDefault("4S")
        @Range(min = "100ms", max = "10S")
        Duration checkInterval();
    }

    /** Live connections and what becomes of their joins. */
    interface Session {
        /** How long the joins of a connection outlive it, for the client to reconnect. 0: they end with it. */
        @WithDefault("10S")
        @Range(min = "0S", max = "1H")
        Duration grace();

        /**
         * About when a connection is told to come back elsewhere, as by a server that stops: so that clients spread
         * over servers that were added. Up to a tenth sooner or later. 0: never.
         */
        @WithDefault("0S")
        @Range(min = "0S", max = "366D")
        Duration maxConnectionAge();

        /**
         * The longest time for which a gRPC stream sends nothing; then it sends a batch without events, so that proxies
         * keep it. 0: it may be silent for ever.
         */
        @WithDefault("20S")
        @Range(min = "0S", max = "1H")
        Duration idleInterval();

        /** Bytes that may wait for one connection. When more would, the overflow policy acts. */
        @WithDefault("1M")
        @Range(min = "16K", max = "1G")
        MemorySize queueBytes();

        /** What happens at a full queue, for groups and subscribers that chose nothing else. */
        @WithDefault("disconnect")
        OverflowPolicy overflowPolicy();
    }

    /** What a server that was asked to stop gives its clients time for. */
    interface Drain {
        /** Over which clients are sent away to other nodes, one after the other. */
        @WithDefault("5S")
        @Range(min = "0S", max = "10M")
        Duration period();

        /** Time between notifying a client and ending its connection. */
        @WithDefault("1S")
        @Range(min = "0S", max = "1M")
        Duration notice();
    }

    /** The way of events to connections. */
    interface Delivery {
        /**
         * Bytes one event loop may have waiting; above, publishes are refused with OVERLOADED until it has caught up.
         */
        @WithDefault("64M")
        @Range(min = "1M", max = "4G")
        MemorySize backlogBytes();

        /**
         * Bytes that all clients together may make this server hold: events that wait, requests and answers under way.
         * One client may have half of what the others leave free, and a quarter of all is left to calls that need
         * little. Default: a quarter of the heap.
         */
        Optional<MemorySize> heldBytes();
    }

    /** What groups keep that are created without a retention of their own. */
    interface Retention {
        /** Messages, the newest ones. 0: none. */
        @WithDefault("128")
        @Range(min = "0", max = "10000000")
        int messages();

        /** Time a message is kept at most. 0: none is kept. */
        @WithDefault("5M")
        @Range(min = "0S", max = "366D")
        Duration age();
    }

    /** Bounds on everything a client can make grow. */
    interface Limits {
        /** Groups of one tenant. */
        @WithDefault("100000")
        @Range(min = "1", max = "10000000")
        int groupsPerTenant();

        /** Members of one group. */
        @WithDefault("1000000")
        @Range(min = "1", max = "10000000")
        int membersPerGroup();

        /** Topic patterns in one membership's filter. */
        @WithDefault("256")
        @Range(min = "1", max = "10000")
        int topicsPerMember();

        /** Owners (labels, leases, sessions) that hold joins in one membership. */
        @WithDefault("1000")
        @Range(min = "1", max = "100000")
        int ownersPerMember();

        /**
         * Labels (`node_id`) by which joins of one group say where their actors live, beside the names of its servers;
         * and nodes that one publish answer counts recipients of.
         */
        @WithDefault("1000")
        @Range(min = "1", max = "5000")
        int nodeLabelsPerGroup();

        /** Actors that may not join one group for now. */
        @WithDefault("1000")
        @Range(min = "1", max = "10000")
        int bansPerGroup();

        /** Actors that were evicted from all groups of one tenant, and may not come back for now. */
        @WithDefault("10000")
        @Range(min = "1", max = "100000")
        int bansPerTenant();

        /** Groups one session holds. */
        @WithDefault("1000")
        @Range(min = "1", max = "1000000")
        int groupsPerSession();

        /** Groups and namespaces one connection watches. */
        @WithDefault("1000")
        @Range(min = "1", max = "1000000")
        int watchesPerConnection();

        /** Messages of this server's clients whose replies are waited for, at a time. */
        @WithDefault("10000")
        @Range(min = "1", max = "1000000")
        int asks();

        /** The same of one connection. */
        @WithDefault("1000")
        @Range(min = "1", max = "1000000")
        int asksPerConnection();

        /** Groups that the watch of a namespace may come to. */
        @WithDefault("10000")
        @Range(min = "1", max = "10000000")
        int watchedGroups();

        /**
         * Live connections of this server, gRPC streams and WebSockets together; and as many sessions, connected or in
         * their grace.
         */
        @WithDefault("100000")
        @Range(min = "1", max = "10000000")
        int sessions();

        /**
         * Network connections that all listeners together have open, whatever they are used for; never more than the
         * process may open files, but for those it needs itself.
         */
        @WithDefault("200000")
        @Range(min = "1", max = "10000000")
        int connections();

        /** The same from one address; of IPv6, from one network of 64 bits. 0: no limit of its own. */
        @WithDefault("0")
        @Range(min = "0", max = "10000000")
        int connectionsPerAddress();

        /** Live connections of one actor, on this server: sessions, and streams that subscribe. */
        @WithDefault("10000")
        @Range(min = "1", max = "10000000")
        int connectionsPerActor();

        /** Live connections of one tenant, on this server. */
        @WithDefault("100000")
        @Range(min = "1", max = "10000000")
        int connectionsPerTenant();

        /** Encoded bytes of one message. */
        @WithDefault("1M")
        @Range(min = "1K", max = "64M")
        MemorySize messageBytes();

        /** Headers of one message. */
        @WithDefault("64")
        @Range(min = "1", max = "1000")
        int messageHeaders();

        /** Bytes of the keys and values of one message's headers, in UTF-8. */
        @WithDefault("16K")
        @Range(min = "1K", max = "1M")
        MemorySize messageHeaderBytes();

        /** Bytes of labels and annotations of one group. */
        @WithDefault("16K")
        @Range(min = "1K", max = "1M")
        MemorySize metadataBytes();

        /** Messages a group may ask to retain. */
        @WithDefault("100000")
        @Range(min = "1", max = "10000000")
        int retainedMessages();

        /** Time a group may ask to retain messages. */
        @WithDefault("24H")
        @Range(min = "1S", max = "366D")
        Duration retentionAge();

        /** Bytes of messages one group retains; the oldest go first, however many its retention would keep. */
        @WithDefault("8M")
        @Range(min = "1K", max = "1G")
        MemorySize retainedBytes();

        /** Idempotency keys one group remembers, for two minutes each; messages with further ones are refused. */
        @WithDefault("100000")
        @Range(min = "1", max = "1000000")
        int idempotencyKeys();

        /** Ids of recipients that one publish answer names; it says when these are not all. */
        @WithDefault("10000")
        @Range(min = "1", max = "1000000")
        int recipientIds();

        /** Requests of one session that wait for their answers; further ones are not read until then. */
        @WithDefault("256")
        @Range(min = "1", max = "65536")
        int requestsInFlight();

        /** Actors that join in one request. */
        @WithDefault("1000")
        @Range(min = "1", max = "10000")
        int batchActors();

        /**
         * Bytes of memberships that the join of several actors in one request may write, with 32 for each pattern that
         * it merges into another filter.
         */
        @WithDefault("512K")
        @Range(min = "16K", max = "64M")
        MemorySize batchBytes();

        /** Bytes of the headers of one gRPC call. */
        @WithDefault("8K")
        @Range(min = "1K", max = "1M")
        MemorySize headerBytes();

        /** Calls and streams open at once on one gRPC connection; the client holds back further ones. */
        @WithDefault("1000")
        @Range(min = "1", max = "1000000")
        int streamsPerConnection();
    }

    /** What tenants and sessions may use of this server. */
    interface Quotas {
        /** Of each tenant. */
        @WithName("default")
        TenantQuota byDefault();

        /** Of single tenants, by their names. */
        Map<String, OwnQuota> tenants();

        /** Of each connection of a session. */
        SessionQuota session();
    }

    /** Of each tenant. */
    interface TenantQuota {
        /** Requests a second. 0: no quota. */
        @WithDefault("0")
        @Range(min = "0", max = "10000000")
        int requests();

        /** Messages published a second. 0: no quota. */
        @WithDefault("0")
        @Range(min = "0", max = "10000000")
        int publishes();

        /** Encoded bytes of these, a second. 0: no quota. */
        @WithDefault("0")
        @Range(min = "0", max = "1000000000")
        int publishedBytes();

        /** Live connections. 0: no quota beside the limit. */
        @WithDefault("0")
        @Range(min = "0", max = "10000000")
        int sessions();

        /** Groups in the store, of all servers together. 0: no quota beside the limit. */
        @WithDefault("0")
        @Range(min = "0", max = "10000000")
        int groups();

        /** Members of all of these groups. 0: no quota. */
        @WithDefault("0")
        @Range(min = "0", max = "1000000000")
        int members();
    }

    /** Of one tenant. */
    interface OwnQuota {
        /** Requests a second. 0: no quota; -1: the default one. */
        @WithDefault("-1")
        @Range(min = "-1", max = "10000000")
        int requests();

        /** The same for messages published a second. */
        @WithDefault("-1")
        @Range(min = "-1", max = "10000000")
        int publishes();

        /** The same for encoded bytes of these, a second. */
        @WithDefault("-1")
        @Range(min = "-1", max = "1000000000")
        int publishedBytes();

        /** The same for live connections. */
        @WithDefault("-1")
        @Range(min = "-1", max = "10000000")
        int sessions();

        /** The same for groups. */
        @WithDefault("-1")
        @Range(min = "-1", max = "10000000")
        int groups();

        /** The same for members of all of these. */
        @WithDefault("-1")
        @Range(min = "-1", max = "1000000000")
        int members();
    }

    /** Of each connection of a session. */
    interface SessionQuota {
        /** Requests a second. 0: no quota. */
        @WithDefault("0")
        @Range(min = "0", max = "10000000")
        int requests();

        /** Messages published a second. 0: no quota. */
        @WithDefault("0")
        @Range(min = "0", max = "10000000")
        int publishes();

        /** Encoded bytes of these, a second. 0: no quota. */
        @WithDefault("0")
        @Range(min = "0", max = "1000000000")
        int publishedBytes();
    }

    /** This node's live readings of groups. */
    interface Replica {
        /** How long the replica of an unused group stays open; longer than the two minutes idempotency keys last. */
        @WithDefault("3M")
        @Range(min = "121S", max = "24H")
        Duration idle();

        /** Groups open on this server before those that nobody uses are closed; each takes about 5 KB. */
        @WithDefault("10000")
        @Range(min = "1", max = "10000000")
        int openGroups();

        /**
         * Groups open on this server at most, those in use included: whatever needs another one is refused with
         * OVERLOADED. Half of these at most stay open that nobody uses. 0: what a quarter of the heap holds, at 5 KB
         * each.
         */
        @WithDefault("0")
        @Range(min = "0", max = "100000000")
        int mostGroups();
    }

    /** Regular work. */
    interface Reaper {
        /** Time between two looks for ended leases, passed graces and old messages: how late each may end. */
        @WithDefault("250ms")
        @Range(min = "10ms", max = "10S")
        Duration interval();
    }

    /** The HTTP port. */
    interface Http {
        /**
         * Time for a request to come whole: the first one of a connection from its accept, others from their first
         * byte. Afterwards the connection is closed.
         */
        @WithDefault("10S")
        @Range(min = "100ms", max = "10M")
        Duration requestTimeout();
    }

    /** The listener for those who run the server. */
    interface Management {
        /**
         * Whether health and metrics have a listener of their own, and are nowhere else. Default: where
         * {@code quarkus.http.host} is not loopback. Otherwise they are on the HTTP port.
         */
        Optional<Boolean> enabled();

        /** Its address. Nobody is asked for a token there. */
        @WithDefault("127.0.0.1")
        String host();

        /** Its port. */
        @WithDefault("8090")
        @Range(min = "1", max = "65535")
        int port();

        /**
         * Whether it speaks TLS, with the certificate of {@code processgroups.tls}; it asks for none. Default: with
         * that, where its address is not loopback.
         */
        Optional<Boolean> tls();

        /**
         * Whether the console is where health and metrics are; on a listener of their own, with the API that it uses.
         * Default: where their address is loopback.
         */
        Optional<Boolean> console();
    }

    /** The WebSocket endpoint. */
    interface Websocket {
        /** Time without a sign of the peer after which it is pinged. */
        @WithDefault("10S")
        @Range(min = "100ms", max = "1H")
        Duration pingInterval();

        /** Time a peer has to answer a ping; afterwards its connection is closed. */
        @WithDefault("20S")
        @Range(min = "100ms", max = "1H")
        Duration pongTimeout();

        /** Time a WebSocket has to open its session; afterwards it is closed. */
        @WithDefault("10S")
        @Range(min = "100ms", max = "10M")
        Duration openTimeout();

        /**
         * Origins whose pages may connect, by WebSocket and by HTTP, comma-separated, as browsers send them; {@code *}:
         * all. Default: those of this machine, and elsewhere than on loopback the server's own address.
         */
        Optional<List<String>> allowedOrigins();
    }

    /** Metrics. */
    interface Metrics {
        /** Whether the service counts and times what it does. The platform's own metrics do not depend on it. */
        @WithDefault("true")
        boolean enabled();

        /**
         * Groups, the first ones used, with labels of their own; all others share {@code _other}. 0: no group has its
         * own.
         */
        @WithDefault("100")
        @Range(min = "0", max = "100000")
        int groups();
    }
}
