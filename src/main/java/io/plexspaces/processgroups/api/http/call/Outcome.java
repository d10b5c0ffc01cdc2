package io.plexspaces.processgroups.api.http.call;

import io.plexspaces.processgroups.domain.GroupException;
import org.jspecify.annotations.Nullable;

/**
 * What became of one of many requests.
 *
 * @param answer null with a failure
 * @param failure null with an answer
 */
public record Outcome<A>(@Nullable A answer, @Nullable GroupException failure) {}
