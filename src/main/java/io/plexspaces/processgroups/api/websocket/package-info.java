/**
 * WebSocket endpoints: frames to core and back, JSON and binary, and a connection from its upgrade to its end. Uses
 * {@code api}, the core, the domain and proto.
 */
@NullMarked
package io.plexspaces.processgroups.api.websocket;

import org.jspecify.annotations.NullMarked;
