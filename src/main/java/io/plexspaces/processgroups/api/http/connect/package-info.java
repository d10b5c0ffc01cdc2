/**
 * The service by the Connect protocol: its methods over HTTP, in JSON and protobuf. Uses {@code api}, the rooms of the
 * HTTP port, the core's delivery, the domain and proto.
 */
@NullMarked
package io.plexspaces.processgroups.api.http.connect;

import org.jspecify.annotations.NullMarked;
