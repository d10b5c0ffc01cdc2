/** Named servers, kept in a file of the user: everything but the tokens themselves. */
@NullMarked
package io.plexspaces.processgroups.cli.context;

import org.jspecify.annotations.NullMarked;
