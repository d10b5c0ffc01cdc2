/**
 * The HTTP port before anything is a WebSocket: how many connections there are, how long their requests take, which
 * pages and names may ask. Uses {@code api}.
 */
@NullMarked
package io.plexspaces.processgroups.api.http;

import org.jspecify.annotations.NullMarked;
