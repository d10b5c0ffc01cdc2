package io.plexspaces.processgroups.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.domain.TopicPattern;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CallerTest {
    private static final GroupId ROOM = GroupId.of("acme", "default", "chat.room");
    private static final GroupId ELSEWHERE = GroupId.of("acme", "default", "orders");
    private static final ActorId ANN = new ActorId("ann");
    private static final ActorId BEN = new ActorId("ben");

    @Test
    void noRules_allowNothing() {
        Caller caller = caller();

        assertThat(caller.mayJoin(ROOM, ANN, TopicFilter.ALL).missing()).isEqualTo(Part.OPERATION);
        assertThat(caller.mayPublish(ROOM, ANN, null).missing()).isEqualTo(Part.OPERATION);
        assertThat(caller.mayRead(ROOM).missing()).isEqualTo(Part.OPERATION);
        assertThat(caller.mayManage(ROOM).missing()).isEqualTo(Part.OPERATION);
        assertThat(caller.mayBe("acme", ANN)).isFalse();
    }

    @Test
    void ruleWithoutLists_allowsToReadTheTenantAlone() {
        Caller caller = caller(Rule.of(null, null, null, null, null));

        assertThat(caller.mayRead(ROOM).allowed()).isTrue();
        assertThat(caller.mayFetch(ROOM, TopicFilter.ALL).allowed()).isTrue();
        assertThat(caller.mayLeave(ROOM, ANN).missing()).isEqualTo(Part.OPERATION);
        assertThat(caller.mayManage(ROOM).missing()).isEqualTo(Part.OPERATION);
    }

    @Test
    void otherTenant_isRefusedByEveryDecision() {
        Caller caller = caller(Rule.of(null, null, null, List.of("*"), List.of("*")));
        GroupId foreign = GroupId.of("other", "default", "chat.room");

        assertThat(caller.mayJoin(foreign, ANN, TopicFilter.ALL).missing()).isEqualTo(Part.TENANT);
        assertThat(caller.mayLeave(foreign, ANN).missing()).isEqualTo(Part.TENANT);
        assertThat(caller.mayPublish(foreign, ANN, null).missing()).isEqualTo(Part.TENANT);
        assertThat(caller.mayRead(foreign).missing()).isEqualTo(Part.TENANT);
        assertThat(caller.mayFetch(foreign, TopicFilter.ALL).missing()).isEqualTo(Part.TENANT);
        assertThat(caller.mayManage(foreign).missing()).isEqualTo(Part.TENANT);
        assertThat(caller.mayList("other", null).missing()).isEqualTo(Part.TENANT);
        assertThat(caller.mayBe("other", ANN)).isFalse();
        assertThat(caller.topicsOf(foreign, ANN)).isEmpty();
    }

    @Test
    void refusal_namesThePartThatTheClosestRuleFailedOn() {
        Caller caller = caller(
                Rule.of(List.of("other"), null, null, null, List.of("join")),
                Rule.of(List.of("def*"), List.of("chat.*"), List.of("a.>"), null, List.of("join")));

        assertThat(caller.mayJoin(GroupId.of("acme", "third", "x"), ANN, topics("a.b"))
                        .missing())
                .isEqualTo(Part.NAMESPACE);
        assertThat(caller.mayJoin(ELSEWHERE, ANN, topics("a.b")).missing()).isEqualTo(Part.GROUP);
        assertThat(caller.mayJoin(ROOM, BEN, topics("a.b")).missing()).isEqualTo(Part.ACTOR);
        assertThat(caller.mayJoin(ROOM, ANN, topics("b")).missing()).isEqualTo(Part.TOPIC);
        assertThat(caller.mayJoin(ROOM, ANN, topics("a.b")).allowed()).isTrue();
    }

    @Test
    void join_filterWiderThanPermitted_isRefused() {
        Caller caller = caller(to("join", "room.*"));

        assertThat(caller.mayJoin(ROOM, ANN, topics("room.1", "room.*")).allowed())
                .isTrue();
        assertThat(caller.mayJoin(ROOM, ANN, topics("room.1", "room.>")).missing())
                .isEqualTo(Part.TOPIC);
        assertThat(caller.mayJoin(ROOM, ANN, topics("*.1")).missing()).isEqualTo(Part.TOPIC);
    }

    @Test
    void join_all_isAllowedOnlyWithoutTopicLimits() {
        assertThat(caller(to("join", ">")).mayJoin(ROOM, ANN, TopicFilter.ALL).missing())
                .isEqualTo(Part.TOPIC);
        assertThat(caller(to("join", ">")).mayJoin(ROOM, ANN, topics(">")).allowed())
                .isTrue();
        assertThat(caller(to("join")).mayJoin(ROOM, ANN, TopicFilter.ALL).allowed())
                .isTrue();
        assertThat(caller(to("join", "a"), to("join"))
                        .mayJoin(ROOM, ANN, TopicFilter.ALL)
                        .allowed())
                .isTrue();
    }

    @Test
    void join_filtersOfSeveralRules_areAllowedTogether() {
        Caller caller = caller(to("join", "a.*"), to("join", "a.*.>", "b"));

        assertThat(caller.mayJoin(ROOM, ANN, topics("a.1", "b")).allowed()).isTrue();
        assertThat(caller.mayJoin(ROOM, ANN, topics("a.>")).allowed()).isTrue();
        assertThat(caller.mayJoin(ROOM, ANN, topics("a.>", "c")).missing()).isEqualTo(Part.TOPIC);
    }

    @Test
    void rights_areNotPutTogetherFromPartsOfSeveralRules() {
        Caller caller = caller(
                Rule.of(null, List.of("chat.*"), List.of("a"), List.of("ann"), List.of("join", "publish")),
                Rule.of(null, List.of("orders"), List.of("b"), List.of("ben"), List.of("join", "publish")));

        assertThat(caller.mayJoin(ROOM, ANN, topics("a")).allowed()).isTrue();
        assertThat(caller.mayJoin(ROOM, BEN, topics("a")).missing()).isEqualTo(Part.ACTOR);
        assertThat(caller.mayJoin(ROOM, ANN, topics("b")).missing()).isEqualTo(Part.TOPIC);
        assertThat(caller.mayPublish(ELSEWHERE, ANN, new Topic("b")).missing()).isEqualTo(Part.ACTOR);
        assertThat(caller.mayPublish(ELSEWHERE, BEN, new Topic("b")).allowed()).isTrue();
    }

    @Test
    void leave_needsNoTopics() {
        assertThat(caller(to("join", "a")).mayLeave(ROOM, ANN).allowed()).isTrue();
        assertThat(caller(to("join", "a")).mayLeave(ROOM, BEN).missing()).isEqualTo(Part.ACTOR);
    }

    @Test
    void publish_topicOutsideTheLimits_isRefused() {
        Caller caller = caller(to("publish", "room.>"));

        assertThat(caller.mayPublish(ROOM, ANN, new Topic("room.1.x")).allowed())
                .isTrue();
        assertThat(caller.mayPublish(ROOM, ANN, new Topic("room")).missing()).isEqualTo(Part.TOPIC);
        assertThat(caller.mayPublish(ROOM, BEN, new Topic("room.1")).missing()).isEqualTo(Part.ACTOR);
    }

    @Test
    void publish_withoutTopic_isAllowedOnlyWithoutTopicLimits() {
        assertThat(caller(to("publish", ">")).mayPublish(ROOM, ANN, null).missing())
                .isEqualTo(Part.TOPIC);
        assertThat(caller(to("publish")).mayPublish(ROOM, ANN, null).allowed()).isTrue();
    }

    @Test
    void publish_withoutSender_isAllowedOnlyForAnyActor() {
        Rule ann = Rule.of(null, null, null, List.of("ann", "a*"), List.of("publish"));
        Rule any = Rule.of(null, null, null, List.of("*"), List.of("publish"));

        assertThat(caller(ann).mayPublish(ROOM, null, null).missing()).isEqualTo(Part.ACTOR);
        assertThat(caller(ann, any).mayPublish(ROOM, null, null).allowed()).isTrue();
    }

    @Test
    void fetch_isLimitedByTopics_asJoinsAre() {
        Caller caller = caller(to("read", "room.>"));

        assertThat(caller.mayRead(ROOM).allowed()).isTrue();
        assertThat(caller.mayFetch(ROOM, topics("room.*")).allowed()).isTrue();
        assertThat(caller.mayFetch(ROOM, topics("*")).missing()).isEqualTo(Part.TOPIC);
        assertThat(caller.mayFetch(ROOM, TopicFilter.ALL).missing()).isEqualTo(Part.TOPIC);
    }

    @Test
    void list_ofANamespaceThatNoRuleReads_isRefused() {
        Caller caller = caller(
                Rule.of(List.of("team-*"), List.of("chat.*"), null, null, null),
                Rule.of(List.of("other"), null, null, null, List.of("join")));

        assertThat(caller.mayList("acme", null).allowed()).isTrue();
        assertThat(caller.mayList("acme", "team-1").allowed()).isTrue();
        assertThat(caller.mayList("acme", "other").missing()).isEqualTo(Part.NAMESPACE);
        assertThat(caller(to("join")).mayList("acme", null).missing()).isEqualTo(Part.OPERATION);
        assertThat(caller.mayRead(GroupId.of("acme", "team-1", "chat.1")).allowed())
                .isTrue();
        assertThat(caller.mayRead(GroupId.of("acme", "team-1", "orders")).missing())
                .isEqualTo(Part.GROUP);
    }

    @Test
    void readingAllOfANamespace_needsARuleForAllItsGroups() {
        Caller caller = caller(
                Rule.of(List.of("team-*"), null, null, null, null),
                Rule.of(List.of("other"), List.of("chat.*"), null, null, null));
        assertThat(caller.mayReadAll(new Namespace("acme", "team-1")).allowed()).isTrue();
        assertThat(caller.mayReadAll(new Namespace("acme", "other")).missing()).isEqualTo(Part.GROUP);
        assertThat(caller.mayReadAll(new Namespace("acme", "third")).missing()).isEqualTo(Part.NAMESPACE);
        assertThat(caller.mayReadAll(new Namespace("umbrella", "team-1")).missing())
                .isEqualTo(Part.TENANT);
        assertThat(caller(to("join"))
                        .mayReadAll(new Namespace("acme", "team-1"))
                        .missing())
                .isEqualTo(Part.OPERATION);
    }

    @Test
    void managingAll_needsARuleForAllNamespacesAndGroups() {
        Rule all = Rule.of(null, null, null, null, List.of("manage"));
        assertThat(caller(all).mayManageAll("acme").allowed()).isTrue();
        assertThat(caller(Rule.of(List.of("default", "*"), List.of("x", "*"), null, null, List.of("*")))
                        .mayManageAll("acme")
                        .allowed())
                .isTrue();
        assertThat(caller(all).mayManageAll("umbrella").missing()).isEqualTo(Part.TENANT);
        assertThat(caller(to("join", "publish", "read")).mayManageAll("acme").missing())
                .isEqualTo(Part.OPERATION);
        Rule namespace = Rule.of(List.of("default"), null, null, null, List.of("manage"));
        assertThat(caller(namespace).mayManageAll("acme").missing()).isEqualTo(Part.NAMESPACE);
        Rule groups = Rule.of(null, List.of("chat.*"), null, null, List.of("manage"));
        assertThat(caller(groups).mayManageAll("acme").missing()).isEqualTo(Part.GROUP);
        assertThat(caller(namespace, groups).mayManageAll("acme").allowed()).isFalse();
        assertThat(Caller.anybody().mayManageAll("acme").allowed()).isTrue();
        assertThat(Caller.nobody().mayManageAll("acme").allowed()).isFalse();
    }

    @Test
    void readingAllOfATenant_needsARuleForAllNamespacesAndGroups() {
        assertThat(caller(to("read")).mayReadAll("acme").allowed()).isTrue();
        assertThat(caller(to("read")).mayReadAll("umbrella").missing()).isEqualTo(Part.TENANT);
        assertThat(caller(to("join", "publish", "manage")).mayReadAll("acme").missing())
                .isEqualTo(Part.OPERATION);
        Rule namespace = Rule.of(List.of("default"), null, null, null, null);
        assertThat(caller(namespace).mayReadAll("acme").missing()).isEqualTo(Part.NAMESPACE);
        Rule groups = Rule.of(null, List.of("chat.*"), null, null, null);
        assertThat(caller(groups).mayReadAll("acme").missing()).isEqualTo(Part.GROUP);
        assertThat(Caller.anybody().mayReadAll("acme").allowed()).isTrue();
        assertThat(Caller.nobody().mayReadAll("acme").allowed()).isFalse();
    }

    @Test
    void nobody_mayDoNothingInAnyTenant() {
        Caller nobody = Caller.nobody();
        assertThat(nobody.mayJoin(ROOM, ANN, TopicFilter.ALL).missing()).isEqualTo(Part.TENANT);
        assertThat(nobody.mayPublish(ROOM, null, null).allowed()).isFalse();
        assertThat(nobody.mayRead(ROOM).allowed()).isFalse();
        assertThat(nobody.mayReadAll(ROOM.namespace()).allowed()).isFalse();
        assertThat(nobody.mayManage(ROOM).allowed()).isFalse();
        assertThat(nobody.mayList("acme", null).allowed()).isFalse();
        assertThat(nobody.mayBe("acme", ANN)).isFalse();
        assertThat(nobody.topicsOf(ROOM, ANN)).isEmpty();
    }

    @Test
    void subjectWithWildcards_isNobodyElse() {
        Rule own = Rule.of(null, null, null, List.of("${sub}", "${sub}.*"), List.of("join"));

        assertThat(Caller.of("acme", "*", List.of(own), null)
                        .mayLeave(ROOM, ANN)
                        .missing())
                .isEqualTo(Part.ACTOR);
        assertThat(Caller.of("acme", "", List.of(own), null).mayLeave(ROOM, ANN).missing())
                .isEqualTo(Part.ACTOR);
        assertThat(Caller.of("acme", "ann", List.of(own), null)
                        .mayLeave(ROOM, new ActorId("ann.phone"))
                        .allowed())
                .isTrue();
        assertThat(caller(own).mayLeave(ROOM, new ActorId("anna")).missing()).isEqualTo(Part.ACTOR);
    }

    @Test
    void mayBe_anyRuleForTheActor_whateverItAllows() {
        Caller caller = caller(
                Rule.of(null, null, null, List.of("bot-*"), List.of("publish")), Rule.of(null, null, null, null, null));

        assertThat(caller.mayBe("acme", ANN)).isTrue();
        assertThat(caller.mayBe("acme", new ActorId("bot-1"))).isTrue();
        assertThat(caller.mayBe("acme", BEN)).isFalse();
    }

    @Test
    void topicsOf_areThoseOfTheRulesThatLetJoin() {
        Caller caller = caller(to("join", "a", "b.>"), to("join", "a"), to("publish", "c"));

        assertThat(caller.topicsOf(ROOM, ANN)).containsExactlyInAnyOrder(pattern("a"), pattern("b.>"));
        assertThat(caller.topicsOf(ROOM, BEN)).isEmpty();
        assertThat(caller(to("join", "a"), to("join")).topicsOf(ROOM, ANN)).isNull();
        assertThat(Caller.anybody().topicsOf(ROOM, ANN)).isNull();
    }

    @Test
    void anybody_mayDoEverythingInEveryTenant() {
        Caller caller = Caller.anybody();

        assertThat(caller.tenant()).isNull();
        assertThat(caller.expiresAt()).isNull();
        assertThat(caller.mayJoin(ROOM, ANN, TopicFilter.ALL).allowed()).isTrue();
        assertThat(caller.mayLeave(ROOM, ANN).allowed()).isTrue();
        assertThat(caller.mayPublish(ROOM, null, null).allowed()).isTrue();
        assertThat(caller.mayRead(ROOM).allowed()).isTrue();
        assertThat(caller.mayFetch(ROOM, TopicFilter.ALL).allowed()).isTrue();
        assertThat(caller.mayManage(ROOM).allowed()).isTrue();
        assertThat(caller.mayList("other", "default").allowed()).isTrue();
        assertThat(caller.mayBe("other", ANN)).isTrue();
    }

    @Test
    void illegalCallers_areRefusedByName() {
        List<Rule> rules = Collections.nCopies(Caller.MOST_RULES, to("join"));
        Caller caller = Caller.of("acme", "s".repeat(255), rules, Instant.EPOCH);
        assertThat(caller.expiresAt()).isEqualTo(Instant.EPOCH);
        assertThat(caller.subject()).hasSize(255);

        assertRefused("rules: ", () -> Caller.of("acme", "ann", Collections.nCopies(1_001, to("join")), null));
        assertRefused("sub: ", () -> Caller.of("acme", "s".repeat(256), rules, null));
        assertRefused("tenant: ", () -> Caller.of("", "ann", rules, null));
        assertRefused("tenant: ", () -> Caller.of("a*", "ann", rules, null));
    }

    private static void assertRefused(String begin, Runnable maker) {
        assertThatIllegalArgumentException().isThrownBy(maker::run).withMessageStartingWith(begin);
    }

    private static Caller caller(Rule... rules) {
        return Caller.of("acme", "ann", List.of(rules), null);
    }

    /** @param topics none: no limits */
    private static Rule to(String operation, String... topics) {
        @Nullable List<String> limits = topics.length == 0 ? null : List.of(topics);
        return Rule.of(null, null, limits, null, List.of(operation));
    }

    private static TopicFilter topics(String... patterns) {
        return TopicFilter.of(List.of(patterns));
    }

    private static TopicPattern pattern(String value) {
        return new TopicPattern(value);
    }
}
