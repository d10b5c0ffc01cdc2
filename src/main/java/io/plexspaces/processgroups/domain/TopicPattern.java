package io.plexspaces.processgroups.domain;

import java.util.List;

/**
 * One pattern of a topic filter: tokens as in a {@link Topic}, where {@code *} stands for exactly one token and
 * {@code >} at the end for one or more. Matches by token, never by prefix of the string.
 */
public record TopicPattern(String value) implements Comparable<TopicPattern> {
    /** The token for exactly one token. */
    public static final String ONE = "*";

    /** The last token for one or more tokens. */
    public static final String REST = ">";

    /** @throws GroupException INVALID_ARGUMENT naming {@code topics} */
    public TopicPattern {
        Topic.checkTokens("topics", value, true);
    }

    /** Whether it holds no wildcard, and so matches the topic that is spelled alike and no other. */
    public boolean isExact() {
        return value.indexOf('*') < 0 && value.indexOf('>') < 0;
    }

    /** The tokens in order, wildcards among them. */
    public List<String> tokens() {
        return Topic.split(value);
    }

    public boolean matches(Topic topic) {
        return isExact() ? value.equals(topic.value()) : matches(tokens(), topic.tokens());
    }

    private static boolean matches(List<String> pattern, List<String> topic) {
        for (int i = 0; i < pattern.size(); i++) {
            String token = pattern.get(i);
            if (token.equals(REST)) {
                return topic.size() > i;
            }
            if (i >= topic.size() || !(token.equals(ONE) || token.equals(topic.get(i)))) {
                return false;
            }
        }
        return topic.size() == pattern.size();
    }

    @Override
    public int compareTo(TopicPattern other) {
        return value.compareTo(other.value);
    }
}
