package io.plexspaces.processgroups.core;

import io.plexspaces.processgroups.domain.GroupSpec;
import java.util.function.Consumer;

/**
 * What becomes of a request when there is no such group: the group is made, and the request goes on. Of many at once,
 * one makes it.
 *
 * @param spec what it is made with
 * @param told is given true when this request has made it, and false when it may have, as the store did not answer; on
 *     any thread, must be quick
 */
public record Missing(GroupSpec spec, Consumer<Boolean> told) {}
