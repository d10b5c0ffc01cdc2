/** Commands that look at a server: live tables, load, and what is wrong. */
@NullMarked
package io.plexspaces.processgroups.cli.measure;

import org.jspecify.annotations.NullMarked;
