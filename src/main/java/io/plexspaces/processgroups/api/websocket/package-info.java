/**
 * WebSocket endpoints: frames to core and back, JSON and binary, and the life of a connection. Uses {@code api}, the
 * core, the domain and proto.
 */
@NullMarked
package io.plexspaces.processgroups.api.websocket;

import org.jspecify.annotations.NullMarked;
