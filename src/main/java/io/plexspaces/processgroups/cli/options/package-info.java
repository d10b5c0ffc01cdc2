/** What all commands have in common: where the server is, as whom to speak, and how an end is told. */
@NullMarked
package io.plexspaces.processgroups.cli.options;

import org.jspecify.annotations.NullMarked;
