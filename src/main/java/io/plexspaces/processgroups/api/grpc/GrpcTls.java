package io.plexspaces.processgroups.api.grpc;

import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/**
 * Whether the gRPC server speaks TLS.
 *
 * @param context asked for each connection; null: it speaks plain text
 */
public record GrpcTls(@Nullable SslContext context) {}
