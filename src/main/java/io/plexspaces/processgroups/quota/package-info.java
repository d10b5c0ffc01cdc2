/**
 * How much of this node a tenant, or one session, may use: rates, and the places of tenants that are counted; and how
 * much of the store a tenant is given. Uses {@code domain} and the JDK.
 */
@NullMarked
package io.plexspaces.processgroups.quota;

import org.jspecify.annotations.NullMarked;
