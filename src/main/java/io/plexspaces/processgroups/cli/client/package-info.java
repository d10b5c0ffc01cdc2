/**
 * How the command line reaches a server: unary operations over HTTP, streams over a WebSocket. Uses the JDK and
 * Jackson's streams alone.
 */
@NullMarked
package io.plexspaces.processgroups.cli.client;

import org.jspecify.annotations.NullMarked;
