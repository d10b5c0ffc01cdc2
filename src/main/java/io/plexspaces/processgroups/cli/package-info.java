/**
 * The command line: without a command the server, with one a client of a server, which starts no Quarkus.
 */
@NullMarked
package io.plexspaces.processgroups.cli;

import org.jspecify.annotations.NullMarked;
