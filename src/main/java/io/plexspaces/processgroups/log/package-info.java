/**
 * The one port: a group as a single ordered log, and who may write to it. Implementations stand in subpackages and pass
 * one contract suite. Uses the domain and Mutiny.
 */
@NullMarked
package io.plexspaces.processgroups.log;

import org.jspecify.annotations.NullMarked;
