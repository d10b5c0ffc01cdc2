package io.plexspaces.processgroups.core.members;

import io.plexspaces.processgroups.domain.TopicPattern;

/**
 * Which tokens of a pattern are wildcards. Of all patterns of one shape at most one matches a topic: the topic itself,
 * with wildcards where the shape has them.
 *
 * @param tokens how many there are, without {@link TopicPattern#REST}; at most 16
 * @param ones bits of those that are {@link TopicPattern#ONE}, the first being the lowest
 * @param rest it ends with {@link TopicPattern#REST}
 */
record Shape(int tokens, int ones, boolean rest) {
    static Shape of(TopicPattern pattern) {
        String value = pattern.value();
        int tokens = 0;
        int ones = 0;
        for (int i = 0; i < value.length(); i++) {
            boolean begins = i == 0 || value.charAt(i - 1) == '.';
            if (begins && value.charAt(i) == '>') {
                return new Shape(tokens, ones, true);
            }
            if (begins) {
                ones |= value.charAt(i) == '*' ? 1 << tokens : 0;
                tokens++;
            }
        }
        return new Shape(tokens, ones, false);
    }

    /** Whether topics of so many tokens may match. */
    boolean fits(int topicTokens) {
        return rest ? topicTokens > tokens : topicTokens == tokens;
    }

    @Override
    public int hashCode() {
        return (ones << 5 | tokens) << 1 | (rest ? 1 : 0);
    }
}
