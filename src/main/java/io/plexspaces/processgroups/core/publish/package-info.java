/**
 * Publishes under way, their retries in order ({@link PublishRetries}), and their answers. Uses {@code core.members},
 * {@code core.replica}, the face of the core, the log's port and the domain. Types are public for {@code core.group}
 * alone.
 */
@NullMarked
package io.plexspaces.processgroups.core.publish;

import org.jspecify.annotations.NullMarked;
