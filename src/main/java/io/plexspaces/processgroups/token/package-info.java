/**
 * From the text of a bearer token to claims that can be relied on: keys, signatures, and the standard claims. What the
 * claims allow is not decided here. May use {@code tasks}, {@code domain} and jose4j.
 */
@NullMarked
package io.plexspaces.processgroups.token;

import org.jspecify.annotations.NullMarked;
