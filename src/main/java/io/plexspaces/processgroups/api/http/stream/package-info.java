/**
 * Events on connections of the HTTP port that were requests: server-sent events, and streams of the Connect protocol.
 * Uses {@code api}, the other rooms of the HTTP port, and the core's sessions and delivery.
 */
@NullMarked
package io.plexspaces.processgroups.api.http.stream;

import org.jspecify.annotations.NullMarked;
