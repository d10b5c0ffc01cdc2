/**
 * What the protocols of the HTTP port have in common: requests and events as JSON, and what a URL asks for. Uses the
 * shared API room, the core's events, the domain and proto; knows no socket.
 */
@NullMarked
package io.plexspaces.processgroups.api.format;

import org.jspecify.annotations.NullMarked;
