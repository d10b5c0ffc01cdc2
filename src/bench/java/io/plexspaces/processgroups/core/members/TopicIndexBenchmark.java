package io.plexspaces.processgroups.core.members;

import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Who wants a topic: one published again and again, and ones that are new each time. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TopicIndexBenchmark {
    /** More than the index remembers, so that each is looked for anew. */
    private static final int TOPICS = 8192;

    private static final int ROOTS = 64;

    /** Different filters: exact ones, {@code *} in the middle and {@code >} at the end. */
    @Param({"10", "1000", "10000"})
    public int filters;

    private final TopicIndex index = new TopicIndex();
    private final Topic[] topics = new Topic[TOPICS];
    private int next;

    @Setup
    public void fill() {
        for (int i = 0; i < filters; i++) {
            String pattern =
                    switch (i % 3) {
                        case 0 -> "t." + i % ROOTS + "." + i;
                        case 1 -> "t.*." + i;
                        default -> "t." + i % ROOTS + ".n" + i + ".>";
                    };
            index.of(TopicFilter.of(List.of(pattern)));
        }
        for (int i = 0; i < TOPICS; i++) {
            topics[i] = new Topic("t." + i % ROOTS + "." + i);
        }
    }

    @Benchmark
    public List<?> sameTopic() {
        return index.wanting(topics[0]);
    }

    @Benchmark
    public List<?> newTopic() {
        next = (next + 1) % TOPICS;
        return index.wanting(topics[next]);
    }
}
