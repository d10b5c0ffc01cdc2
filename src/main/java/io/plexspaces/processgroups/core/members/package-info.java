/**
 * Who is a member of a group, who wants which topic, and who gets a message. Uses the face of the core, {@code
 * core.delivery} and the domain. Types are public for the rooms above alone.
 */
@NullMarked
package io.plexspaces.processgroups.core.members;

import org.jspecify.annotations.NullMarked;
