/** Makes callbacks and tasks of the product fail at random, without hooks in them. */
@NullMarked
package io.plexspaces.processgroups.faults;

import org.jspecify.annotations.NullMarked;
