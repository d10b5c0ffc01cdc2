/**
 * One TCP connection of a gRPC client: what its peer makes the server hold, whether the peer takes what it asked for,
 * and how often it sends frames that carry nothing. Uses the places of connections, the core's delivery and the domain;
 * knows no method.
 */
@NullMarked
package io.plexspaces.processgroups.api.grpc.transport;

import org.jspecify.annotations.NullMarked;
