/** Commands about groups and their members. */
@NullMarked
package io.plexspaces.processgroups.cli.groups;

import org.jspecify.annotations.NullMarked;
