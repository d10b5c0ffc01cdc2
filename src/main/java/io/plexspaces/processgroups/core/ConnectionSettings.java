package io.plexspaces.processgroups.core;

import java.time.Duration;

/**
 * How many live connections a node has, and for how long.
 *
 * @param perActor of one actor in one namespace, ≥ 1
 * @param perTenant of one tenant, ≥ 1
 * @param maxAge about when a connection is told to come back elsewhere; 0: never
 * @param notice between being told and the end
 */
public record ConnectionSettings(int perActor, int perTenant, Duration maxAge, Duration notice) {}
