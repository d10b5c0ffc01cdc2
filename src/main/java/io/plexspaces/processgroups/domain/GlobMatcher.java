package io.plexspaces.processgroups.domain;

/**
 * Matches names against one {@link Glob}: reads each character of a name once at most, however many stars there are.
 * Thread-safe.
 *
 * <p>It follows all ways to match at the same time. Way {@code i}, a bit of two longs, has read what the first
 * {@code i} characters of the pattern stand for, stars not counted.
 */
public final class GlobMatcher {
    private static final int ASCII = 128;

    /** Which ways go on at a character, those below 64 and those from there on. */
    private final long[] low = new long[ASCII];

    private final long[] high = new long[ASCII];

    /** The same for every other character. */
    private long anyLow;

    private long anyHigh;

    /** Which ways may pass over a character, as a star stands there. */
    private long starLow;

    private long starHigh;
    private final int characters;
    private final boolean fixed;

    GlobMatcher(String pattern) {
        int read = 0;
        boolean stars = pattern.isEmpty();
        if (pattern.isEmpty()) {
            star(0);
        }
        for (int i = 0; i < pattern.length(); i++) {
            if (pattern.charAt(i) == '*') {
                star(read);
                stars = true;
            } else {
                character(pattern.charAt(i), read++);
            }
        }
        characters = read;
        fixed = !stars;
    }

    private void star(int way) {
        starLow |= way < 64 ? 1L << way : 0;
        starHigh |= way < 64 ? 0 : 1L << way;
    }

    private void character(char c, int way) {
        long ofLow = way < 64 ? 1L << way : 0;
        long ofHigh = way < 64 ? 0 : 1L << way;
        if (c == '?') {
            anyLow |= ofLow;
            anyHigh |= ofHigh;
        }
        for (int i = c == '?' ? 0 : c; i < (c == '?' ? ASCII : Math.min(c + 1, ASCII)); i++) {
            low[i] |= ofLow;
            high[i] |= ofHigh;
        }
    }

    public boolean matches(CharSequence name) {
        int length = name.length();
        if (length < characters || (fixed && length != characters)) {
            return false;
        }
        long waysLow = 1;
        long waysHigh = 0;
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            long onLow = waysLow & (c < ASCII ? low[c] : anyLow);
            long onHigh = waysHigh & (c < ASCII ? high[c] : anyHigh);
            waysHigh = (waysHigh & starHigh) | (onHigh << 1) | (onLow >>> 63);
            waysLow = (waysLow & starLow) | (onLow << 1);
            if ((waysLow | waysHigh) == 0) {
                // Past the last bit of both: the 128th character of a pattern without stars.
                return i == length - 1 && characters == 2 * Long.SIZE && onHigh < 0;
            }
        }
        long end = characters < 64 ? waysLow >>> characters : waysHigh >>> characters;
        return (end & 1) != 0;
    }
}
