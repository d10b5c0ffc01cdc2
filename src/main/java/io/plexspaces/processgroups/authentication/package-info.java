/**
 * From what a caller brings to who it is and what it may do: a token is verified, and its rules and roles become a
 * {@code Caller}. May use {@code access}, {@code token} and {@code domain}.
 */
@NullMarked
package io.plexspaces.processgroups.authentication;

import org.jspecify.annotations.NullMarked;
