/**
 * Events and requests as the frames of a subprotocol hold them: JSON and protobuf. Uses the shared API room, the core's
 * events, the domain and proto; knows no socket.
 */
@NullMarked
package io.plexspaces.processgroups.api.websocket.format;

import org.jspecify.annotations.NullMarked;
