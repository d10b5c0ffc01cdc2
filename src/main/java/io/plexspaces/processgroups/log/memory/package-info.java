/** The log in this process's memory: no server needed, nothing survives a restart. Uses the port and the domain. */
@NullMarked
package io.plexspaces.processgroups.log.memory;

import org.jspecify.annotations.NullMarked;
