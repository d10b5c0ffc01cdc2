/** Commands about the command line itself: contexts, tokens, completion. */
@NullMarked
package io.plexspaces.processgroups.cli.setup;

import org.jspecify.annotations.NullMarked;
