/** What is done again and again, so that it neither dies nor hangs unseen. May use {@code domain} and Mutiny. */
@NullMarked
package io.plexspaces.processgroups.tasks;

import org.jspecify.annotations.NullMarked;
