package io.plexspaces.processgroups.core;

/**
 * The retained messages that a subscriber wants to receive first, whether or not it saw them before.
 *
 * @param messages the last so many that are for it, 1 to {@value #MOST}
 * @param ofEachTopic so many of each topic; those without a topic are as of one more
 */
public record ReplayLast(int messages, boolean ofEachTopic) {
    public static final int MOST = 1_000;
}
