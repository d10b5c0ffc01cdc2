package io.plexspaces.processgroups.api.http;

/**
 * The console.
 *
 * @param served it is where health and metrics are
 */
public record ConsoleSettings(boolean served) {}
