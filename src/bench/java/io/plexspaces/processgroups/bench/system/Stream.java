package io.plexspaces.processgroups.bench.system;

import org.jspecify.annotations.Nullable;

/**
 * Messages that have one order: those of a group, or of one topic in it.
 *
 * @param id 0, 1, 2 … within a run
 * @param topic null: none
 * @param recipients subscribers that get each of its messages
 * @param joins each of its messages is a join with the payload as metadata, and then the leave
 */
public record Stream(int id, String group, @Nullable String topic, int recipients, boolean joins) {}
