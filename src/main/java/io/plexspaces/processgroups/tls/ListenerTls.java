package io.plexspaces.processgroups.tls;

import io.netty.handler.ssl.SslContext;
import io.quarkus.tls.TlsConfiguration;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.Date;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the listeners present and trust. {@link #look} reads it again, and new handshakes use what has changed;
 * connections that are there go on. What cannot be used changes nothing, and is said once. Thread-safe.
 */
public final class ListenerTls {
    private static final System.Logger LOG = System.getLogger(ListenerTls.class.getName());

    private final TlsConfiguration from;
    private final Vertx vertx;
    private final Settings settings;
    private final Clock clock;
    private final SwappedContext grpc;
    private volatile Material present;

    // Guarded by this. Null: what is read now can be used.
    private @Nullable String complaint;

    /**
     * What is configured beside the files.
     *
     * @param name of the configuration in the platform's registry
     * @param clientsHaveCertificates clients must show one of an issuer in the trust store
     */
    public record Settings(String name, boolean clientsHaveCertificates) {
        /** What the configuration keys of the files begin with. */
        String stores() {
            return "quarkus.tls." + name + ".";
        }
    }

    /**
     * Blocks while it reads files.
     *
     * @throws IllegalArgumentException naming the configuration key of what cannot be used
     */
    public ListenerTls(TlsConfiguration from, Vertx vertx, Settings settings, Clock clock) {
        this.from = from;
        this.vertx = vertx;
        this.settings = settings;
        this.clock = clock;
        this.present = read();
        this.grpc = new SwappedContext(present.grpc(settings.clientsHaveCertificates()));
        complaint = present.invalidity(Date.from(clock.instant()), settings.stores());
        if (complaint != null) {
            LOG.log(System.Logger.Level.WARNING, "{0}: most clients will not connect", complaint);
        }
    }

    private Material read() {
        Material read = Material.read(from, vertx, settings.stores());
        if (settings.clientsHaveCertificates() && (read.trust() == null || from.isTrustAll())) {
            // Without one, every issuer that browsers know would do.
            throw new IllegalArgumentException(settings.stores()
                    + "trust-store must be set, and not trust-all, as processgroups.tls.client-auth is required");
        }
        return read;
    }

    /** For the gRPC server. */
    public SslContext grpc() {
        return grpc;
    }

    /** For the HTTP server, which is told of each change. */
    public TlsConfiguration http() {
        return new ReadConfiguration(() -> present.options(), from);
    }

    /**
     * Reads it again. Blocks.
     *
     * @return whether anything has changed that new connections of the HTTP server are to use
     */
    public synchronized boolean look() {
        Material next;
        try {
            next = reread();
        } catch (IllegalArgumentException unusable) {
            complain(String.valueOf(unusable.getMessage()));
            return false;
        }
        boolean isChanged = !next.isSame(present);
        if (isChanged) {
            grpc.swap(next.grpc(settings.clientsHaveCertificates()));
            present = next;
        }
        if (isChanged || complaint != null) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "TLS of the listeners: {0} {1}",
                    isChanged ? "new connections use" : "all is well again, with",
                    present.described());
        }
        complaint = null;
        return isChanged;
    }

    private Material reread() {
        if (!from.reload()) {
            // The registry says no more.
            throw new IllegalArgumentException(settings.stores() + "key-store"
                    + (present.trust() == null ? "" : " or " + settings.stores() + "trust-store") + " cannot be read");
        }
        Material next = read();
        String invalidity = next.invalidity(Date.from(clock.instant()), settings.stores());
        if (invalidity != null) {
            throw new IllegalArgumentException(invalidity);
        }
        return next;
    }

    private void complain(String what) {
        if (!Objects.equals(what, complaint)) {
            complaint = what;
            LOG.log(System.Logger.Level.WARNING, "{0}: the listeners go on with {1}", what, present.described());
        }
    }
}
