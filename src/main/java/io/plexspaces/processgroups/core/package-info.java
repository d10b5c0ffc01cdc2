/**
 * Use cases: groups as this node reads them, sessions and what they hold. Uses the log's port, the domain and
 * {@code core.delivery}; knows no store and no wire.
 */
@NullMarked
package io.plexspaces.processgroups.core;

import org.jspecify.annotations.NullMarked;
