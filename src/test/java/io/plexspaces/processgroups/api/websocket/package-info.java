@NullMarked
package io.plexspaces.processgroups.api.websocket;

import org.jspecify.annotations.NullMarked;
