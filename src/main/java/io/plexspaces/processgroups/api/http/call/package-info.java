/**
 * One HTTP request as a call of the service: who asks, its body, its budget, its answer or error. Uses {@code api},
 * {@code api.http}, {@code api.format}, authentication, the core's budget and the domain.
 */
@NullMarked
package io.plexspaces.processgroups.api.http.call;

import org.jspecify.annotations.NullMarked;
