package io.plexspaces.processgroups.cli.client;

/**
 * How a connection ended that this side did not end.
 *
 * @param why what to say when it is not made again
 * @param comesBack whether to connect again
 */
public record Lost(Failure why, boolean comesBack) {}
