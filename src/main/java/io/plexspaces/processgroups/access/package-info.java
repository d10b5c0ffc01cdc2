/**
 * Who may do what: rules, and the caller they are for. Decides alone; who a caller is, and how long, it is told. Uses
 * {@code domain} and the JDK.
 */
@NullMarked
package io.plexspaces.processgroups.access;

import org.jspecify.annotations.NullMarked;
