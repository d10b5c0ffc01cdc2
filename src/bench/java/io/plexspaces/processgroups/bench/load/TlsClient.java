package io.plexspaces.processgroups.bench.load;

import java.io.IOException;
import java.net.Socket;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * How connections to one server speak TLS. Each offers one protocol and one cipher suite, so that all servers do the
 * same work, and each makes a whole handshake: no session is resumed. Thread-safe.
 */
public final class TlsClient {
    private static final String PROTOCOL = "TLSv1.3";
    /** Which every server of that protocol must know. */
    private static final String SUITE = "TLS_AES_128_GCM_SHA256";

    private final SSLContext context;
    private final String[] applicationProtocols;
    private final Set<String> agreed = ConcurrentHashMap.newKeySet();

    /**
     * To servers with this certificate and no other.
     *
     * @param applicationProtocols names of what is spoken inside (ALPN); none: it is not said
     */
    public TlsClient(Certificate trusted, String... applicationProtocols) {
        this.context = trusted.context();
        this.applicationProtocols = applicationProtocols.clone();
    }

    /** Protocols and cipher suites of its connections until now. */
    public Set<String> agreed() {
        return new TreeSet<>(agreed);
    }

    /**
     * Shakes hands, blocking.
     *
     * @throws IOException the other side is not trusted, wants something else, or does not answer
     */
    Tls connect(Socket socket) throws IOException {
        // An engine that is told no address looks for no session.
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters offer = engine.getSSLParameters();
        offer.setProtocols(new String[] {PROTOCOL});
        offer.setCipherSuites(new String[] {SUITE});
        offer.setApplicationProtocols(applicationProtocols);
        engine.setSSLParameters(offer);
        Tls tls = Tls.connect(engine, socket);
        agreed.add(engine.getSession().getProtocol() + " " + engine.getSession().getCipherSuite());
        return tls;
    }
}
