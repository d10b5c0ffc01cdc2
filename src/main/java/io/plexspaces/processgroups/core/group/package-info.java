/**
 * One group, put together: its replica follows the log and updates its parts. And all groups that this node reads. Uses
 * {@code core.publish}, {@code core.joins}, {@code core.members}, {@code core.replica}, the face of the core, {@code
 * core.delivery}, the log's port and the domain.
 */
@NullMarked
package io.plexspaces.processgroups.core.group;

import org.jspecify.annotations.NullMarked;
