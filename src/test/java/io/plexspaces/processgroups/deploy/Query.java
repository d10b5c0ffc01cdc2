package io.plexspaces.processgroups.deploy;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A query in PromQL, as far as the ones here go.
 *
 * @param where to find it, for people
 */
record Query(String where, String text) {
    private static final Pattern TEXT = Pattern.compile("\"[^\"]*\"");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on|without|ignoring)\\s*\\([^)]*\\)");
    private static final Pattern MATCHERS = Pattern.compile("\\{[^}]*}");
    private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*]");
    private static final Pattern NAME = Pattern.compile("(?<![\\w:.$])([a-z_][a-z0-9_:]*)\\b(?!\\s*\\()");
    private static final Pattern MATCHER = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset");

    /** Names of the series it reads. */
    Set<String> series() {
        String bare = text;
        for (Pattern away : new Pattern[] {MATCHERS, RANGE, GROUPING, TEXT}) {
            bare = away.matcher(bare).replaceAll(" ");
        }
        Set<String> names = new HashSet<>();
        Matcher name = NAME.matcher(bare);
        while (name.find()) {
            if (!WORDS.contains(name.group(1))) {
                names.add(name.group(1));
            }
        }
        return names;
    }

    /** Values that labels are compared with. */
    Map<String, String> matchers() {
        Map<String, String> values = new LinkedHashMap<>();
        Matcher matcher = MATCHER.matcher(text);
        while (matcher.find()) {
            values.put(matcher.group(1), matcher.group(2));
        }
        return values;
    }
}
