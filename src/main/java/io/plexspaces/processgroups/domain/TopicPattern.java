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

    /** In one pass over both. */
    public boolean matches(Topic topic) {
        return matches(value, topic.value());
    }

    /** A wildcard is a token of its own, and no topic holds one: nothing else is like its character. */
    static boolean matches(CharSequence pattern, CharSequence topic) {
        int length = topic.length();
        int in = 0;
        for (int at = 0; at < pattern.length(); at++) {
            char c = pattern.charAt(at);
            if (c == '>') {
                return in < length;
            }
            if (c == '*') {
                int begin = in;
                while (in < length && topic.charAt(in) != '.') {
                    in++;
                }
                if (in == begin) {
                    return false;
                }
            } else if (in == length || topic.charAt(in++) != c) {
                return false;
            }
        }
        return in == length;
    }

    @Override
    public int compareTo(TopicPattern other) {
        return value.compareTo(other.value);
    }
}
