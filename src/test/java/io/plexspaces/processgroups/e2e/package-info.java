/** The whole service in one started application, seen through real sockets only. */
@NullMarked
package io.plexspaces.processgroups.e2e;

import org.jspecify.annotations.NullMarked;
