package io.plexspaces.processgroups.domain;

/** A pattern over names: {@code *} for any characters, {@code ?} for one, everything else for itself. */
public record Glob(String value) {
    /** Matches every name. */
    public static final Glob ANY = new Glob("");

    /** @throws GroupException INVALID_ARGUMENT naming {@code name_pattern}, when it is longer than a name can be */
    public Glob {
        if (value.length() > Names.GROUP_BYTES) {
            throw GroupException.invalid("name_pattern", "must have at most " + Names.GROUP_BYTES + " bytes");
        }
    }

    /** What every matching name begins with: the characters before the first wildcard. */
    public String prefix() {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) == '*' || value.charAt(i) == '?') {
                return value.substring(0, i);
            }
        }
        return value;
    }

    /** For many names. An empty pattern matches everything. */
    public GlobMatcher matcher() {
        return new GlobMatcher(value);
    }
}
