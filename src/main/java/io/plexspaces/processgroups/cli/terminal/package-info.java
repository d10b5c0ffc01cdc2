/**
 * What the command line prints, and on what: terminals, pipes, templates, tables. Uses the client's JSON and the
 * JDK.
 */
@NullMarked
package io.plexspaces.processgroups.cli.terminal;

import org.jspecify.annotations.NullMarked;
