/** Configuration and wiring, and nothing else. May use every package; none uses this one. */
@NullMarked
package io.plexspaces.processgroups.app;

import org.jspecify.annotations.NullMarked;
