package io.plexspaces.processgroups.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.domain.TopicPattern;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class CallerPropertyTest {
    private static final List<Topic> TOPICS = SmallTopics.upTo(3, "a", "stranger");
    private static final GroupId GROUP = GroupId.of("acme", "default", "g1");
    private static final ActorId ACTOR = new ActorId("ann");

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Rules of which many almost fit, and that let publish whatever they let join. */
    @Provide
    Arbitrary<List<Rule>> rules() {
        Arbitrary<List<String>> topics = SmallTopics.patterns(2, "a")
                .map(TopicPattern::value)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .injectNull(0.1);
        return Combinators.combine(
                        Arbitraries.of("default", "def*", "other"),
                        Arbitraries.of("g1", "g*", "g2"),
                        topics,
                        Arbitraries.of("ann", "${sub}", "ben"))
                .as((namespace, group, limits, actor) ->
                        Rule.of(List.of(namespace), List.of(group), limits, List.of(actor), List.of("join", "publish")))
                .list()
                .ofMaxSize(5);
    }

    @Provide
    Arbitrary<TopicFilter> filters() {
        return SmallTopics.patterns(2, "a").list().ofMaxSize(3).map(TopicFilter::new);
    }

    /** What may be asked for is what may be asked for topic by topic, and by somebody who has that one rule alone. */
    @Property(tries = 5_000)
    void join_isAllowed_whenARuleAllowsEachTopicOfTheFilter(
            @ForAll("rules") List<Rule> rules, @ForAll("filters") TopicFilter filter) {
        List<Caller> each = rules.stream().map(rule -> caller(List.of(rule))).toList();
        boolean topicByTopic = TOPICS.stream().filter(filter::accepts).allMatch(topic -> each.stream()
                .anyMatch(one -> one.mayPublish(GROUP, ACTOR, topic).allowed()));
        boolean withoutTopic =
                each.stream().anyMatch(one -> one.mayPublish(GROUP, ACTOR, null).allowed());

        assertThat(caller(rules).mayJoin(GROUP, ACTOR, filter).allowed())
                .isEqualTo(filter.isAll() ? withoutTopic : topicByTopic);
    }

    @Property(tries = 2_000)
    void moreRules_neverTakeARightAway(
            @ForAll("rules") List<Rule> rules,
            @ForAll("rules") List<Rule> more,
            @ForAll("filters") TopicFilter filter) {
        List<Rule> all = new ArrayList<>(rules);
        all.addAll(0, more);
        Decision before = caller(rules).mayJoin(GROUP, ACTOR, filter);
        Decision after = caller(all).mayJoin(GROUP, ACTOR, filter);

        assertThat(after.missing()).isGreaterThanOrEqualTo(before.missing());
    }

    @Property(tries = 2_000)
    void topicsOf_permitWhatJoinPermits(@ForAll("rules") List<Rule> rules, @ForAll("filters") TopicFilter filter) {
        List<TopicPattern> topics = caller(rules).topicsOf(GROUP, ACTOR);
        boolean permitted = Containment.isWithin(topics, filter);

        assertThat(caller(rules).mayJoin(GROUP, ACTOR, filter).allowed()).isEqualTo(permitted);
    }

    /** A message costs no garbage, whether it is allowed or not. */
    @Example
    void publish_allocatesNothing() {
        Caller caller = caller(List.of(
                Rule.of(List.of("other"), null, null, null, List.of("publish")),
                Rule.of(null, List.of("*1"), List.of("b", "a.>"), List.of("*x*", "${sub}"), List.of("publish"))));
        Topic allowed = new Topic("a.b.c");
        Topic refused = new Topic("c");
        int times = 10_000;
        boolean right = true;

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < times; i++) {
            right &= caller.mayPublish(GROUP, ACTOR, allowed).allowed();
            right &= !caller.mayPublish(GROUP, ACTOR, refused).allowed();
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(right).isTrue();
        assertThat(allocated).isLessThan(times);
    }

    private static Caller caller(List<Rule> rules) {
        return Caller.of("acme", "ann", rules, null);
    }
}
