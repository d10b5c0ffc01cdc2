package io.plexspaces.processgroups.access;

import io.plexspaces.processgroups.domain.Topic;
import io.plexspaces.processgroups.domain.TopicFilter;
import io.plexspaces.processgroups.domain.TopicPattern;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether every topic that one pattern matches is matched by one of several others.
 *
 * <p>Decided by the numbers of tokens, of which there are 16, and with one pass over each pattern. Take all topics of
 * {@code n} tokens that the asked pattern matches, and among them one that has, wherever a wildcard of the asked
 * pattern stands, a token that no pattern names. What matches this topic has a wildcard at each of these places, and so
 * matches all the others, too. So for each {@code n} one pattern has to do it alone, and several only share the
 * numbers: {@code *} and {@code *.>} together are {@code >}.
 *
 * <p>That a topic has at most 255 bytes is left out: a pattern of 253 bytes before its {@code *} is not taken to be
 * contained in the patterns that name every single character. The error is to refuse, never to permit.
 */
final class Containment {
    private Containment() {}

    /**
     * Whether all that a filter accepts is permitted, pattern by pattern. ALL, which also is for messages without a
     * topic, is permitted only where there are no limits.
     *
     * @param permitted null: no limits
     */
    static boolean isWithin(@Nullable List<TopicPattern> permitted, TopicFilter asked) {
        if (permitted == null || asked.isAll()) {
            return permitted == null;
        }
        return asked.patterns().stream().allMatch(pattern -> isWithin(permitted, pattern));
    }

    /** Whether {@code permitted} together match what {@code asked} matches. Nothing is contained in no patterns. */
    static boolean isWithin(List<TopicPattern> permitted, TopicPattern asked) {
        int left = lengths(asked.value());
        for (int i = 0; i < permitted.size() && left != 0; i++) {
            left &= ~covered(permitted.get(i).value(), asked.value());
        }
        return left == 0;
    }

    /** How many tokens the topics have that a pattern matches: bit {@code n} for {@code n}. */
    static int lengths(CharSequence pattern) {
        int tokens = 1;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            tokens += c == '.' ? 1 : 0;
            if (c == '>') {
                return from(tokens);
            }
        }
        return 1 << tokens;
    }

    /**
     * For which numbers of tokens {@code permitted} matches all that {@code asked} matches, if that matches any: bit
     * {@code n} for {@code n}. A wildcard is a token of its own: nothing else is like its character. At a {@code >} of
     * {@code asked} the place in it stays, as any number of tokens may follow.
     */
    static int covered(CharSequence permitted, CharSequence asked) {
        int length = asked.length();
        int tokens = 1;
        int in = 0;
        for (int i = 0; i < permitted.length(); i++) {
            char c = permitted.charAt(i);
            if (c == '>') {
                return from(tokens);
            }
            char next = in == length ? 0 : asked.charAt(in);
            tokens += c == '.' ? 1 : 0;
            if (next == '>' && (c == '*' || c == '.')) {
                continue;
            }
            if (next != c && c != '*') {
                return 0;
            }
            in = c == '*' ? tokenEnd(asked, in) : in + 1;
        }
        return in == length || asked.charAt(in) == '>' ? 1 << tokens : 0;
    }

    private static int tokenEnd(CharSequence pattern, int in) {
        int end = in;
        while (end < pattern.length() && pattern.charAt(end) != '.') {
            end++;
        }
        return end;
    }

    private static int from(int tokens) {
        return (2 << Topic.TOKENS) - (1 << tokens);
    }
}
