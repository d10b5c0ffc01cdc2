package io.plexspaces.processgroups.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

/**
 * The context that is in use now. Connections keep the one that they began with; sessions of an earlier one are not
 * resumed, so that who is not trusted any more does not come in by an old session. Thread-safe.
 */
final class SwappedContext extends SslContext {
    private volatile SslContext present;

    SwappedContext(SslContext first) {
        this.present = first;
    }

    void swap(SslContext next) {
        present = next;
    }

    @Override
    public boolean isClient() {
        return present.isClient();
    }

    @Override
    public List<String> cipherSuites() {
        return present.cipherSuites();
    }

    @Override
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return present.applicationProtocolNegotiator();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator alloc) {
        return present.newEngine(alloc);
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator alloc, String peerHost, int peerPort) {
        return present.newEngine(alloc, peerHost, peerPort);
    }

    @Override
    public SSLSessionContext sessionContext() {
        return present.sessionContext();
    }
}
