/**
 * What the listeners present and trust over TLS: read from a configuration of the platform's registry, checked, and
 * replaced while connections go on. Uses the platform, Vert.x and grpc-netty; knows no other room.
 */
@NullMarked
package io.plexspaces.processgroups.tls;

import org.jspecify.annotations.NullMarked;
