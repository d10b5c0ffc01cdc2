/** The load generator's inner loop: counts and checks every delivery in the bytes as they come, without allocation. */
@NullMarked
package io.plexspaces.processgroups.bench.load;

import org.jspecify.annotations.NullMarked;
