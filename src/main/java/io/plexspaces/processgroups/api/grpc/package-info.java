/**
 * The gRPC endpoint: calls to use cases, and streams of events that honour the client's readiness. Uses the shared api,
 * core, domain and proto.
 */
@NullMarked
package io.plexspaces.processgroups.api.grpc;

import org.jspecify.annotations.NullMarked;
