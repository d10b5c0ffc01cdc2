/**
 * Metrics, spans and logs, as decorators and observers around the core: nothing in the core measures itself. Uses core,
 * {@code core.delivery}, the domain and the log's values.
 */
@NullMarked
package io.plexspaces.processgroups.observe;

import org.jspecify.annotations.NullMarked;
