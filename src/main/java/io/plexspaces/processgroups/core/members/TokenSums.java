package io.plexspaces.processgroups.core.members;

import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicPattern;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Numbers for patterns, and, for one topic after the other, for the pattern of each shape that matches it: the sum of a
 * number for each token at its place. So it takes a few steps to see whether there is such a pattern. No client can
 * know which patterns have the same number.
 */
final class TokenSums {
    private static final long SEED = ThreadLocalRandom.current().nextLong();
    private static final long[] ONES = new long[Topic.TOKENS];
    private static final long[] RESTS = new long[Topic.TOKENS];

    static {
        for (int i = 0; i < Topic.TOKENS; i++) {
            ONES[i] = term(i, TopicPattern.ONE, 0, 1);
            RESTS[i] = term(i, TopicPattern.REST, 0, 1);
        }
    }

    /** Of the topic: what each token adds if {@link TopicPattern#ONE} stands there, and the sums of the first ones. */
    private final long[] instead = new long[Topic.TOKENS];

    private final long[] sums = new long[Topic.TOKENS + 1];
    private int tokens;

    static long of(TopicPattern pattern) {
        return new TokenSums().read(pattern.value());
    }

    /** To be asked about this topic from here on. */
    void topic(Topic topic) {
        read(topic.value());
    }

    int tokens() {
        return tokens;
    }

    /** The number of the pattern of a shape that matches the topic, if the shape fits. */
    long like(Shape shape) {
        long sum = sums[shape.tokens()];
        for (int left = shape.ones(); left != 0; left &= left - 1) {
            sum += instead[Integer.numberOfTrailingZeros(left)];
        }
        return shape.rest() ? sum + RESTS[shape.tokens()] : sum;
    }

    private long read(String value) {
        tokens = 0;
        int begin = 0;
        for (int i = 0; i <= value.length(); i++) {
            if (i == value.length() || value.charAt(i) == '.') {
                long term = term(tokens, value, begin, i);
                instead[tokens] = ONES[tokens] - term;
                sums[tokens + 1] = sums[tokens] + term;
                tokens++;
                begin = i + 1;
            }
        }
        return sums[tokens];
    }

    private static long term(int place, String text, int begin, int end) {
        long number = SEED + place;
        for (int i = begin; i < end; i++) {
            number = (number ^ text.charAt(i)) * 0x9E3779B97F4A7C15L;
            number ^= number >>> 32;
        }
        return number * 0xBF58476D1CE4E5B9L;
    }
}
