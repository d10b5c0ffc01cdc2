package io.plexspaces.processgroups.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Everything that a client can make grow, with its bound: docs/limits.md is this table. A run writes it to
 * {@code target/limits.md}, from where it can be copied.
 *
 * <p>One file, as it is one table.
 */
class LimitsTest {
    private static final Path SOURCES = Path.of("src/test/java");

    /**
     * @param what of a client grows
     * @param bound in words; empty: the key's default
     * @param key without the prefix; empty: it cannot be configured
     * @param beyond what happens
     * @param test class and method that reach it
     */
    private record Limit(String what, String bound, String key, String beyond, String test) {}

    private static final List<Limit> LIMITS = List.of(
            new Limit(
                    "what the server holds for all clients: events that wait, replays, requests and answers under way",
                    "a quarter of the heap",
                    "delivery.held-bytes",
                    "one client may have half of what the others leave; then its own bound is as low as that;"
                            + " calls are OVERLOADED",
                    "ServerBudgetTest#manyThatTakeAllTheyCan_neverTakeAll_andEndWithTheSame"),
            new Limit(
                    "what waits in one event loop to be delivered",
                    "",
                    "delivery.backlog-bytes",
                    "publishes are OVERLOADED",
                    "DeliveryLoopTest#loopBehindItsBound_isOverloaded"),
            new Limit(
                    "the queue of one connection",
                    "",
                    "session.queue-bytes",
                    "the overflow policy: SLOW_CONSUMER, or a gap",
                    "StalledClientTest#disconnect_cutsTheStalled_andNobodyElse"),
            new Limit(
                    "the same, of a client that reads",
                    "8 times that, for 10 s, while it takes something every 2 s",
                    "session.queue-bytes",
                    "SLOW_CONSUMER",
                    "ConnectionTest#peerThatReads_mayBeBehindForAWhile"),
            new Limit(
                    "a replay",
                    "one page of half a megabyte, and one message",
                    "",
                    "the next page is read when the client has taken it",
                    "MailboxTest#poll_sourceOfPages_asksForTheNextWhenOneIsTaken_andHoldsNothingMeanwhile"),
            new Limit(
                    "messages that a subscription asks to receive first, in all or of each topic",
                    "1,000",
                    "",
                    "INVALID_ARGUMENT",
                    "RequestsTest#everyBadValue_isRefusedNamingItsField"),
            new Limit(
                    "topics that are noted for such a subscription",
                    "1 MiB, with 64 bytes for each",
                    "",
                    "a gap stands for messages that are older",
                    "LastMessagesContract#manyTopics_theNewestOfThemCome_andAGapForTheRest"),
            new Limit(
                    "requests of one session under way, in number",
                    "",
                    "limits.requests-in-flight",
                    "the server reads no further",
                    "SessionProtocolTest#tooManyInFlight_stopReadingUntilOneIsAnswered"),
            new Limit(
                    "requests of one session under way, and their answers, in bytes",
                    "",
                    "session.queue-bytes",
                    "the server reads no further",
                    "InFlightTest#largeAnswers_letFewerRequestsBeRead_untilTheyAreSmallAgain"),
            new Limit(
                    "unary answers that one gRPC client does not take",
                    "",
                    "session.queue-bytes",
                    "calls wait; after 12 s the connection is closed",
                    "GrpcTransportTest#answersThatNobodyTakes_areBounded_andTheConnectionIsClosed"),
            new Limit(
                    "unary requests of one gRPC client that wait for such answers",
                    "one queue and one request",
                    "session.queue-bytes",
                    "OVERLOADED",
                    "GrpcTransportTest#requestsThatWait_areBoundedInBytes"),
            new Limit(
                    "events that one gRPC client does not take, on all its streams, beside their queues",
                    "8 queues",
                    "session.queue-bytes",
                    "further ones stay in the queues of the streams, and further streams are not begun",
                    "OutboundTest#messagesThatThePeerDoesNotTake_leaveNoRoomForMore_untilItTakesOne"),
            new Limit(
                    "streams of one gRPC client that wait to be begun until it takes events",
                    "one queue and one request",
                    "session.queue-bytes",
                    "OVERLOADED",
                    "OutboundTest#streamsThatWait_areBoundedInBytes_andCountInTheBudget"),
            new Limit(
                    "what waits for a client that takes nothing, while others need room",
                    "its part of what all may hold, for 2 s to 4 s",
                    "delivery.held-bytes",
                    "SLOW_CONSUMER",
                    "ConnectionTest#peerThatTakesNothing_isCutWhileOthersNeedItsRoom_howeverLargeItsQueueMayBe"),
            new Limit(
                    "first pages of replays",
                    "what all may hold",
                    "delivery.held-bytes",
                    "they are read when there is room",
                    "ConnectionTest#whatFillsASource_waitsUntilThePeerTakesSomething_andTheServerHasRoom"),
            new Limit(
                    "requests that have come in part, of one gRPC client",
                    "one queue and one request",
                    "session.queue-bytes",
                    "the largest stream is reset with ENHANCE_YOUR_CALM",
                    "GrpcTransportTest#requestsInPart_areBounded_andOthersOfTheConnectionGoOn"),
            new Limit(
                    "frames that carry little, of one gRPC client",
                    "8 queues, with what they cost beside their bytes",
                    "session.queue-bytes",
                    "the stream is reset with ENHANCE_YOUR_CALM",
                    "GrpcTransportTest#tinyFrames_countWithWhatTheyCost"),
            new Limit(
                    "frames that carry nothing, of one gRPC client",
                    "5,000 a second, and 4 for each that is sent to it",
                    "",
                    "the connection is closed",
                    "GrpcTransportTest#emptyFrames_endTheConnection"),
            new Limit(
                    "streams of one gRPC connection",
                    "",
                    "limits.streams-per-connection",
                    "refused with REFUSED_STREAM",
                    "GrpcTransportTest#streamsBeyondTheBound_areRefused_alsoBeforeTheClientKnowsOfIt"),
            new Limit(
                    "the end of a gRPC stream whose client takes nothing",
                    "5 s",
                    "",
                    "the stream is reset",
                    "GrpcTransportTest#streamThatIsEnded_isReset_whenItsPeerTakesNothing"),
            new Limit(
                    "headers of a gRPC call",
                    "",
                    "limits.header-bytes",
                    "refused by the transport",
                    "BadGrpcInputTest#calls_thatDoNotExist_orHaveTooMuchAround_areRefused"),
            new Limit(
                    "a message of a WebSocket that is not whole",
                    "the largest request",
                    "delivery.held-bytes",
                    "close 1009; OVERLOADED when the server holds too much",
                    "FrameReaderTest#messageThatTheServerHasNoRoomFor_endsTheConnection"),
            new Limit(
                    "frames of a WebSocket that carry nothing",
                    "50,000 a second; 25,000 pings",
                    "",
                    "close 1008",
                    "FrameReaderTest#manyFramesThatCarryNothing_endTheConnection_andNothingMoreIsRead"),
            new Limit(
                    "an HTTP request, in time",
                    "",
                    "http.request-timeout",
                    "the connection is closed",
                    "SlowPeersTest#drippingRequest_isClosed"),
            new Limit(
                    "the body of an HTTP request",
                    "the largest request, and 4 MiB for a batch",
                    "",
                    "LIMIT_EXCEEDED, before it has come whole",
                    "ConnectTest#largeBody_isRefusedAtOnce"),
            new Limit(
                    "HTTP requests and their answers that clients do not take",
                    "what all may hold; one of a connection",
                    "delivery.held-bytes",
                    "OVERLOADED; after a minute in which nothing moves the connection is closed",
                    "ChargeTest#answersThatNobodyTakes_areBounded"),
            new Limit(
                    "messages of one batch",
                    "1,000; 64 under way",
                    "",
                    "INVALID_ARGUMENT",
                    "ShortPathsTest#batch_isBounded"),
            new Limit(
                    "a stream over HTTP whose client takes nothing",
                    "30 s without a byte, or its queue; 5 s for its end",
                    "",
                    "PEER_TIMEOUT, or the overflow policy",
                    "StreamPeerTest#peerThatTakesNothing_isCut"),
            new Limit(
                    "a WebSocket without a session, in time",
                    "",
                    "websocket.open-timeout",
                    "close 4408",
                    "SlowPeersTest#webSocketThatOpensNoSession_isClosed4408"),
            new Limit(
                    "a handshake of TLS, in time",
                    "10 s; `processgroups.http.request-timeout` at the HTTP port",
                    "",
                    "the connection is closed",
                    "GrpcTransportTlsTest#halfHandshakes_haveTheirPlaces_andEndInTime"),
            new Limit(
                    "network connections",
                    "what the open files leave",
                    "limits.connections",
                    "HTTP 503, or a reset",
                    "OpenConnectionsTest#all_areBounded_andAPlaceThatIsLeftIsFree"),
            new Limit(
                    "network connections of one address",
                    "",
                    "limits.connections-per-address",
                    "HTTP 503, or a reset",
                    "OpenConnectionsTest#address_isBounded_andNothingIsKeptOfOneThatHasGone"),
            new Limit(
                    "network connections of the management listener",
                    "64, and 64 for one answer each",
                    "",
                    "HTTP 503, or a reset",
                    "ManagementTest#clientsThatTakeAllPlaces_leaveTheManagementListenerItsOwn"),
            new Limit(
                    "network connections that were accepted within about 5 ms",
                    "32 of each listener",
                    "",
                    "further ones wait in the system's queue",
                    "AcceptQueueTest#connectionsThatWaitToBeBegun_restTheListener_untilTheyAre"),
            new Limit(
                    "streams that a gRPC connection begins in a turn of its event loop",
                    "8",
                    "",
                    "further ones wait; it is not read meanwhile",
                    "StreamTurnsTest#streamsBeyondATurn_waitUntilOthersHadTheirs_andBytesKeepTheirOrder"),
            new Limit(
                    "frames that a WebSocket hands over in a turn of its event loop",
                    "4 ms",
                    "",
                    "further ones wait; it is not read meanwhile",
                    "FrameReaderTest#moreThanATurnMayTake_waitsUntilOthersHadTheirs_inOrder"),
            new Limit(
                    "streams and WebSockets of the server, and its sessions",
                    "",
                    "limits.sessions",
                    "LIMIT_EXCEEDED",
                    "ConnectionBoundsTest#server_hasNoMoreConnectionsThanAllowed"),
            new Limit(
                    "connections of one actor",
                    "",
                    "limits.connections-per-actor",
                    "LIMIT_EXCEEDED",
                    "ConnectionBoundsTest#actor_hasNoMoreConnectionsThanAllowed_inEachNamespace"),
            new Limit(
                    "connections of one tenant",
                    "",
                    "limits.connections-per-tenant",
                    "LIMIT_EXCEEDED",
                    "ConnectionBoundsTest#tenant_hasNoMoreConnectionsThanAllowed_watchesCount"),
            new Limit(
                    "groups that a session holds",
                    "",
                    "limits.groups-per-session",
                    "LIMIT_EXCEEDED",
                    "JoinLimitTest#joinsThatAreReadAndNotAnswered_countOnce"),
            new Limit(
                    "watches of a connection",
                    "",
                    "limits.watches-per-connection",
                    "LIMIT_EXCEEDED",
                    "ConnectionWatchesTest#watchesThatWaitForTheirGroups_countForTheLimit"),
            new Limit(
                    "asks that are open: of all clients of a server; of a tenant three quarters of the rest",
                    "",
                    "limits.asks",
                    "OVERLOADED",
                    "AskTest#asks_areBounded_perConnection_andPerNode"),
            new Limit(
                    "the same of one connection",
                    "",
                    "limits.asks-per-connection",
                    "LIMIT_EXCEEDED",
                    "AskTest#asks_areBounded_perConnection_andPerNode"),
            new Limit(
                    "members of one ask, each with 250 bytes of what all clients may hold",
                    "as many as recipient ids of one answer",
                    "",
                    "LIMIT_EXCEEDED",
                    "AskTest#moreMembersThanMayBeAsked_areALimit"),
            new Limit(
                    "replies of members here that wait for their receipts from other servers",
                    "20,000",
                    "",
                    "OVERLOADED",
                    "ReceiptsTest#repliesBeyondTheBound_areRefused"),
            new Limit(
                    "replies and receipts that wait to be sent to one server",
                    "8 MiB",
                    "",
                    "OVERLOADED",
                    "LetterContract#letters_beyondWhatMayWait_areRefused"),
            new Limit(
                    "groups that the watch of a namespace comes to",
                    "",
                    "limits.watched-groups",
                    "LIMIT_EXCEEDED",
                    "RedisBigGroupTest#namespaceOfManyGroups_isReadBySteps_andNoFurtherThanAskedFor"),
            new Limit(
                    "groups of a tenant",
                    "",
                    "limits.groups-per-tenant",
                    "LIMIT_EXCEEDED",
                    "LifecycleContract#groupsPerTenant_areLimitedAndTakeNothingFromOthers"),
            new Limit(
                    "groups open on one server that nobody uses",
                    "",
                    "replica.open-groups",
                    "some of them are closed, and read again when they are needed",
                    "ReplicasTest#groupsThatNobodyUses_areClosedWhenManyAreOpen"),
            new Limit(
                    "groups open on one server, those in use included",
                    "what a quarter of the heap holds, at 5 KB each",
                    "replica.most-groups",
                    "what needs another one is OVERLOADED; a tenant has three quarters of what the others leave",
                    "ReplicasTest#groupsInUse_areBounded_oneThatIsLeftMakesRoom_andAnotherTenantHasItsOwn"),
            new Limit(
                    "groups that all clients watch, each with 300 bytes",
                    "what all may hold",
                    "delivery.held-bytes",
                    "OVERLOADED",
                    "ConnectionWatchesTest#watches_countInTheServersBudget_untilTheyEnd"),
            new Limit(
                    "labels and annotations of a group",
                    "",
                    "limits.metadata-bytes",
                    "INVALID_ARGUMENT",
                    "RequestsTest#everyBadValue_isRefusedNamingItsField"),
            new Limit(
                    "members of a group",
                    "",
                    "limits.members-per-group",
                    "LIMIT_EXCEEDED",
                    "MembershipContract#batchThatWouldPassALimit_joinsNone"),
            new Limit(
                    "owners of joins in one membership",
                    "",
                    "limits.owners-per-member",
                    "LIMIT_EXCEEDED",
                    "MembershipContract#ownersPerMember_areLimited"),
            new Limit(
                    "topic patterns of one membership",
                    "",
                    "limits.topics-per-member",
                    "LIMIT_EXCEEDED; in one request INVALID_ARGUMENT",
                    "MembershipContract#batchWhereOneMemberWouldPassALimit_joinsNone"),
            new Limit(
                    "metadata of a join",
                    "64 keys, 2 KiB of keys and values",
                    "",
                    "INVALID_ARGUMENT",
                    "BadGrpcInputTest#values_outOfTheirRange_areRefused"),
            new Limit(
                    "metadata of all joins of one member",
                    "16 KiB",
                    "",
                    "LIMIT_EXCEEDED",
                    "MetadataContract#metadataOfAMember_isLimitedInAll_andNothingChanges"),
            new Limit(
                    "updates of metadata of a session",
                    "20 a second",
                    "",
                    "QUOTA_EXCEEDED",
                    "MetadataTest#updates_areBounded_forEachSession"),
            new Limit(
                    "changes of members that wait for a subscription that sees them",
                    "the queue of its connection",
                    "session.queue-bytes",
                    "SLOW_CONSUMER",
                    "PresenceTest#changesThatWait_endASubscriberThatTakesNothing_butOfUpdatesTheLastIsEnough"),
            new Limit(
                    "node labels of a group, beside its servers",
                    "",
                    "limits.node-labels-per-group",
                    "LIMIT_EXCEEDED",
                    "LabelContract#oneMoreNodeLabel_isRefused_andKnownOnesAreNot"),
            new Limit(
                    "evictions from whole tenants that one server works at",
                    "8; 2 of one tenant",
                    "",
                    "OVERLOADED",
                    "EvictionGateTest#ofAllTenants_fewGoOnAtOnce"),
            new Limit(
                    "bans of a group",
                    "",
                    "limits.bans-per-group",
                    "LIMIT_EXCEEDED",
                    "BanContract#bansOfAGroup_areLimited_andThoseThatHaveRunOutMakeRoom"),
            new Limit(
                    "actors that are evicted from a whole tenant, of one tenant",
                    "",
                    "limits.bans-per-tenant",
                    "LIMIT_EXCEEDED",
                    "EvictionContract#notesOfATenant_areLimited_andKnownOnesCanBeEvictedAgain"),
            new Limit(
                    "the same, of all tenants",
                    "100,000",
                    "",
                    "LIMIT_EXCEEDED",
                    "TenantEvictionsTest#notesOfAllTenants_areLimitedTogether"),
            new Limit(
                    "actors of one JoinGroup",
                    "",
                    "limits.batch-actors",
                    "INVALID_ARGUMENT",
                    "RequestsTest#join_takesExactlyTheLargestBatch"),
            new Limit(
                    "what one JoinGroup adds to the store",
                    "",
                    "limits.batch-bytes",
                    "LIMIT_EXCEEDED",
                    "MembershipContract#batchOfManyBytes_joinsNone"),
            new Limit(
                    "elements of one field of a request",
                    "10,000",
                    "",
                    "INVALID_ARGUMENT",
                    "ElementsTest#oneMore_isRefusedNamingTheField"),
            new Limit(
                    "a message", "", "limits.message-bytes", "LIMIT_EXCEEDED", "RequestsTest#publish_tooLargeIsALimit"),
            new Limit(
                    "headers of a message, in number",
                    "",
                    "limits.message-headers",
                    "INVALID_ARGUMENT",
                    "RequestsTest#publish_takesAsManyHeadersAsMayBe_andNoMore"),
            new Limit(
                    "headers of a message, in bytes",
                    "",
                    "limits.message-header-bytes",
                    "INVALID_ARGUMENT",
                    "RequestsTest#publish_countsTheBytesOfHeaders"),
            new Limit(
                    "what all groups of a store in memory hold",
                    "a quarter of the heap",
                    "memory.bytes",
                    "new groups, joins and idempotency keys are OVERLOADED, and fewer messages are retained",
                    "RoomTest#fullStore_refusesGroupsAndJoins_andDeliversMessagesWithoutKeepingThem"),
            new Limit(
                    "messages that a group retains, in number",
                    "",
                    "limits.retained-messages",
                    "INVALID_ARGUMENT at its creation",
                    "RequestsTest#everyBadValue_isRefusedNamingItsField"),
            new Limit(
                    "messages that a group retains, in time",
                    "",
                    "limits.retention-age",
                    "INVALID_ARGUMENT at its creation",
                    "RequestsTest#everyBadValue_isRefusedNamingItsField"),
            new Limit(
                    "messages that a group retains, in bytes",
                    "",
                    "limits.retained-bytes",
                    "the oldest go",
                    "RetentionContract#byBytes_olderOnesGoHoweverManyRetentionKeeps"),
            new Limit(
                    "idempotency keys of a group",
                    "",
                    "limits.idempotency-keys",
                    "LIMIT_EXCEEDED",
                    "MessageContract#idempotencyKeys_beyondTheLimit_areRefused_andNoneIsForgotten"),
            new Limit(
                    "recipient ids of one answer",
                    "",
                    "limits.recipient-ids",
                    "the answer says that there are more",
                    "RepeatsTest#idsBeyondTheBound_areNotSentAgain"),
            new Limit(
                    "an answer",
                    "2 MiB",
                    "",
                    "a page ends, or the answer says that there is more",
                    "RecipientsTest#anAnswer_hasTwoMebibytesAtMost"),
            new Limit(
                    "what one call makes a script of the store do",
                    "a bounded number of commands and bytes",
                    "",
                    "larger work is done by steps",
                    "ScriptCostTest#isBounded"),
            new Limit(
                    "requests, publishes and published bytes of a tenant, a second",
                    "no quota",
                    "quotas.default.requests",
                    "QUOTA_EXCEEDED",
                    "QuotaTest#tenantThatFloods_isRefused_whileAnotherIsServed"),
            new Limit(
                    "requests, publishes and published bytes of a session, a second",
                    "no quota",
                    "quotas.session.requests",
                    "QUOTA_EXCEEDED",
                    "RightsTest#requestOfASession_countsForTheQuotas_andTheSessionGoesOn"),
            new Limit(
                    "groups of a tenant, where it is given fewer",
                    "no quota",
                    "quotas.default.groups",
                    "QUOTA_EXCEEDED",
                    "QuotaContract#groupsBeyondTheQuota_areRefused_whateverTheirNamespace"),
            new Limit(
                    "members of all groups of a tenant",
                    "no quota",
                    "quotas.default.members",
                    "QUOTA_EXCEEDED",
                    "QuotaContract#membersBeyondTheQuota_areRefused_andNothingChanges"),
            new Limit(
                    "tenants whose members are known to a server of a store in Redis",
                    "10,000",
                    "",
                    "members of others are counted for each join",
                    "MemberQuotaTest#tenantsBeyondTheBound_areCountedForEachJoin"),
            new Limit(
                    "tenants whose use is known",
                    "10,000",
                    "",
                    "further ones share the quotas of 100",
                    "QuotasTest#tenantsBeyondTheBound_shareTheRatesOfMany_andKnownOnesKeepTheirs"),
            new Limit(
                    "lines of the audit log about refusals",
                    "100 a second",
                    "",
                    "they are counted in the next line",
                    "AuditLogTest#flood_hasAHundredLinesASecond_andTheNextSaysHowManyWereLeftOut"),
            new Limit(
                    "series of metrics with names of groups",
                    "",
                    "metrics.groups",
                    "they share _other",
                    "ObservedGroupsTest#groupsBeyondTheBound_shareOneSeries_andSumsStayComplete"),
            new Limit("a token", "8 KiB", "", "UNAUTHENTICATED", "CachedVerifierTest#tooLargeToken_isRefusedUnread"),
            new Limit(
                    "tokens that wait for their check",
                    "2,000",
                    "",
                    "OVERLOADED",
                    "CheckingVerifierTest#signatures_areCheckedOnTheExecutor_andNoMoreWaitThanMay"),
            new Limit(
                    "tokens that wait for a fetch of keys",
                    "1,000",
                    "",
                    "OVERLOADED",
                    "JwksKeysTest#fewWaitForAFetch_othersAreToldToRetry"),
            new Limit(
                    "tokens whose check is remembered",
                    "10,000, of 32 MiB together",
                    "",
                    "the longest unused is checked again",
                    "CachedVerifierTest#lengthOfTokens_isBoundedTogether"),
            new Limit(
                    "callers that are remembered, with their rules",
                    "1,000, of 50,000 patterns together",
                    "",
                    "the longest unused is read again",
                    "KnownCallersTest#weight_isBoundedTogether_andWhatIsTooHeavyIsNotKept"),
            new Limit(
                    "rules of a token, with those of its roles",
                    "1,000",
                    "",
                    "UNAUTHENTICATED",
                    "TokenAuthenticatorTest#tooManyRules_refuseTheToken"),
            new Limit(
                    "keys of an issuer",
                    "100, of 256 KiB together",
                    "",
                    "the keys of before are used",
                    "JwksFetchTest#endlessAnswer_isCut_whenItIsTooLarge"));

    private final Map<String, ConfigKey> keys =
            ConfigKey.all().stream().collect(Collectors.toMap(ConfigKey::name, Function.identity()));

    private String row(Limit limit) {
        ConfigKey key = limit.key().isEmpty() ? null : keys.get(ConfigGuard.PREFIX + limit.key());
        if (!limit.key().isEmpty() && key == null) {
            throw new AssertionError("there is no key " + limit.key());
        }
        String bound = limit.bound().isEmpty() && key != null ? "`" + key.defaultValue() + "`" : limit.bound();
        String name = key == null ? "" : "`" + key.name() + "`";
        String test = limit.test().replace("#", ".");
        return "| %s | %s | %s | %s | `%s` |".formatted(limit.what(), bound, name, limit.beyond(), test);
    }

    @Test
    void table_isThatOfTheDocuments() throws IOException {
        List<String> rows = LIMITS.stream().map(this::row).toList();
        Files.createDirectories(Path.of("target"));
        Files.write(Path.of("target/limits.md"), rows);

        assertThat(Files.readAllLines(Path.of("docs/limits.md")))
                .as("target/limits.md has the rows as they are now")
                .containsSequence(rows);
    }

    @Test
    void everyLimitThatCanBeConfigured_isInTheTable() {
        assertThat(LIMITS.stream().map(limit -> ConfigGuard.PREFIX + limit.key()))
                .containsAll(keys.keySet().stream()
                        .filter(key -> key.startsWith(ConfigGuard.PREFIX + "limits."))
                        .toList());
    }

    @Test
    void everyTest_exists() {
        assertThat(LIMITS).allSatisfy(limit -> {
            String[] parts = limit.test().split("#");
            assertThat(source(parts[0])).as(limit.test()).contains(" " + parts[1] + "(");
        });
    }

    private static String source(String type) {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            Path file = files.filter(path -> path.endsWith(type + ".java"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no " + type));
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
