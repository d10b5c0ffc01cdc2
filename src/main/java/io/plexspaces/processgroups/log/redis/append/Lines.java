package io.plexspaces.processgroups.log.redis.append;

/** What append.lua answers, line by line. Not thread-safe. */
final class Lines {
    private final String text;
    private int at;

    Lines(String text) {
        this.text = text;
    }

    /** Empty when there is none. */
    String next() {
        int end = text.indexOf('\n', at);
        String line = end < 0 ? text.substring(at) : text.substring(at, end);
        at = end < 0 ? text.length() : end + 1;
        return line;
    }
}
