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
    // Not static: a native executable has the static fields of its build.
    private final long seed = ThreadLocalRandom.current().nextLong();
    private final long[] ones = new long[Topic.TOKENS];
    private final long[] rests = new long[Topic.TOKENS];

    /** Of the topic: what each token adds if {@link TopicPattern#ONE} stands there, and the sums of the first ones. */
    private final long[] instead = new long[Topic.TOKENS];

    private final long[] sums = new long[Topic.TOKENS + 1];
    private int tokens;

    TokenSums() {
        for (int i = 0; i < Topic.TOKENS; i++) {
            ones[i] = term(i, TopicPattern.ONE, 0, 1);
            rests[i] = term(i, TopicPattern.REST, 0, 1);
        }
    }

    /** The number of a pattern; the topic is forgotten. */
    long of(TopicPattern pattern) {
        return read(pattern.value());
    }

    /** To be asked about this topic until the next call of this or {@link #of}. */
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
        return shape.rest() ? sum + rests[shape.tokens()] : sum;
    }

    private long read(String value) {
        tokens = 0;
        int begin = 0;
        for (int i = 0; i <= value.length(); i++) {
            if (i == value.length() || value.charAt(i) == '.') {
                long term = term(tokens, value, begin, i);
                instead[tokens] = ones[tokens] - term;
                sums[tokens + 1] = sums[tokens] + term;
                tokens++;
                begin = i + 1;
            }
        }
        return sums[tokens];
    }

    private long term(int place, String text, int begin, int end) {
        long number = seed + place;
        for (int i = begin; i < end; i++) {
            number = (number ^ text.charAt(i)) * 0x9E3779B97F4A7C15L;
            number ^= number >>> 32;
        }
        return number * 0xBF58476D1CE4E5B9L;
    }
}
