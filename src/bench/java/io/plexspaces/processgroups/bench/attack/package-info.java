/** Attacks on a running server beside honest clients: what the others notice, and what is left afterwards. */
@NullMarked
package io.plexspaces.processgroups.bench.attack;

import org.jspecify.annotations.NullMarked;
