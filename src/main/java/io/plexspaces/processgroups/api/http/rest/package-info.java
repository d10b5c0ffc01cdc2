/**
 * Short paths for people, {@code /v1/{tenant}/{namespace}/{group}/…}, and the document that describes them. Uses
 * {@code api}, the other rooms of the HTTP port, the core's use cases, the domain and proto.
 */
@NullMarked
package io.plexspaces.processgroups.api.http.rest;

import org.jspecify.annotations.NullMarked;
