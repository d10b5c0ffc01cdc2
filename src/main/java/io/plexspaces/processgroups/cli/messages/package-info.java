/** Commands about messages: publishing, receiving, asking, reading history. */
@NullMarked
package io.plexspaces.processgroups.cli.messages;

import org.jspecify.annotations.NullMarked;
