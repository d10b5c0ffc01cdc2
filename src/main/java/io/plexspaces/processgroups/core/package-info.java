/**
 * The face of the core: the use cases an API may call, and what a group and a session know of each other. Uses {@code
 * core.delivery}, the log's port and the domain; knows no store and no wire. The rooms behind it: {@code node} →
 * {@code session} → {@code group} → {@code joins}, {@code publish} → {@code members}, {@code replica}.
 */
@NullMarked
package io.plexspaces.processgroups.core;

import org.jspecify.annotations.NullMarked;
