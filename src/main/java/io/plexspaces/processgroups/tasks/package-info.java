/** Periodic work that neither stops nor hangs unseen. May use {@code domain} and Mutiny. */
@NullMarked
package io.plexspaces.processgroups.tasks;

import org.jspecify.annotations.NullMarked;
