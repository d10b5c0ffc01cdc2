package io.plexspaces.processgroups.access;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern over names of groups, namespaces or actors: {@code *} for any characters, also none; everything else for
 * itself. Matches in one pass, however many stars there are. Immutable; two are equal only if they are the same.
 *
 * <p>Not a {@code domain.Glob}: rules have no {@code ?}, are longer than that one follows, and there are many of them,
 * while it takes two KiB.
 */
public final class NamePattern {
    private static final int[] NONE = {};

    /** Matches every name. */
    public static final NamePattern ANY = new NamePattern(List.of("", ""));

    /** What stands before the first star, between stars, and behind the last; one alone: there is no star. */
    private final List<String> pieces;

    /**
     * For each piece between stars, and each number of its characters that were found, how many of them still count
     * when the next one is another (Knuth, Morris, Pratt). Empty for the first and the last.
     */
    private final int[][] kept;

    private final int shortest;

    private NamePattern(List<String> pieces) {
        this.pieces = List.copyOf(pieces);
        kept = new int[pieces.size()][];
        int characters = 0;
        for (int i = 0; i < pieces.size(); i++) {
            characters += pieces.get(i).length();
            kept[i] = i == 0 || i == pieces.size() - 1 ? NONE : kept(pieces.get(i));
        }
        shortest = characters;
    }

    /** @throws IllegalArgumentException when it holds what may stand in no rule */
    static NamePattern of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!mayStand(text.charAt(i))) {
                throw new IllegalArgumentException("may hold only A-Z a-z 0-9 . _ : @ ~ - / and * as a wildcard");
            }
        }
        return of(pieces(text));
    }

    /** @param pieces at least one; stars in them stand for themselves */
    static NamePattern of(List<String> pieces) {
        return new NamePattern(pieces);
    }

    /** What stands between the stars; two stars in a row mean the same as one. */
    static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == '*') {
                if (i > begin || begin == 0 || i == text.length()) {
                    pieces.add(text.substring(begin, i));
                }
                begin = i + 1;
            }
        }
        return pieces;
    }

    private static boolean mayStand(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "._:@~-/*".indexOf(c) >= 0;
    }

    private static int[] kept(String piece) {
        int[] table = new int[piece.length()];
        int found = 0;
        for (int i = 1; i < piece.length(); i++) {
            while (found > 0 && piece.charAt(i) != piece.charAt(found)) {
                found = table[found - 1];
            }
            found += piece.charAt(i) == piece.charAt(found) ? 1 : 0;
            table[i] = found;
        }
        return table;
    }

    /** Reads each character of the name once at most, and compares it twice at most on the whole. */
    public boolean matches(CharSequence name) {
        String first = pieces.get(0);
        if (pieces.size() == 1) {
            return name.length() == shortest && isAt(name, 0, first);
        }
        String last = pieces.get(pieces.size() - 1);
        int end = name.length() - last.length();
        if (name.length() < shortest || !isAt(name, 0, first) || !isAt(name, end, last)) {
            return false;
        }
        int at = first.length();
        for (int i = 1; i < pieces.size() - 1 && at >= 0; i++) {
            at = behind(pieces.get(i), kept[i], name, at, end);
        }
        return at >= 0;
    }

    /** Whether it matches every name. */
    boolean isAny() {
        return shortest == 0 && pieces.size() > 1;
    }

    private static boolean isAt(CharSequence name, int at, String piece) {
        for (int i = 0; i < piece.length(); i++) {
            if (name.charAt(at + i) != piece.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Where the first such piece between the two places ends; below 0: there is none. */
    private static int behind(String piece, int[] kept, CharSequence name, int begin, int end) {
        int found = 0;
        for (int at = begin; at < end; at++) {
            char c = name.charAt(at);
            while (found > 0 && c != piece.charAt(found)) {
                found = kept[found - 1];
            }
            found += c == piece.charAt(found) ? 1 : 0;
            if (found == piece.length()) {
                return at + 1;
            }
        }
        return -1;
    }
}
