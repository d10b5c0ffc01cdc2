package io.plexspaces.processgroups.tls;

import io.netty.handler.ssl.SslContext;
import io.quarkus.tls.TlsConfiguration;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SSLOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What the listeners present and trust. {@link #look} reads it again, and new handshakes use what has changed;
 * connections that are there go on. What cannot be used changes nothing, and is said at once and each hour.
 * Thread-safe.
 */
public final class ListenerTls {
    private static final System.Logger LOG = System.getLogger(ListenerTls.class.getName());

    private static final Duration COMPLAIN_AGAIN = Duration.ofHours(1);

    private final TlsConfiguration from;
    private final Vertx vertx;
    private final Settings settings;
    private final InstantSource clock;
    private final List<Use> uses = new ArrayList<>();

    // Guarded by this.
    private Material present;

    // Null: what is read now can be used.
    private @Nullable String complaint;

    private Instant complained;

    /** How a server makes its context, and the one that it has. */
    private record Use(Recipe recipe, SwappedContext context) {}

    /** What a server makes of a reading. */
    interface Recipe {
        /** @throws SSLException if the platform cannot do that */
        SslContext make(Material of) throws SSLException;
    }

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
    public ListenerTls(TlsConfiguration from, Vertx vertx, Settings settings, InstantSource clock) {
        this.from = from;
        this.vertx = vertx;
        this.settings = settings;
        this.clock = clock;
        this.present = read();
        complained = clock.instant();
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

    /**
     * For the gRPC server.
     *
     * @throws IllegalArgumentException if the platform cannot do that
     */
    public SslContext grpc() {
        try {
            return use(material -> material.grpc(settings.clientsHaveCertificates()));
        } catch (SSLException impossible) {
            throw new IllegalArgumentException(settings.stores() + "… cannot be used", impossible);
        }
    }

    /**
     * For the HTTP server: has it make its contexts here. What it does itself when certificates change drops the
     * connections that come meanwhile.
     */
    public void serve(HttpServerOptions options) {
        options.setClientAuth(settings.clientsHaveCertificates() ? ClientAuth.REQUIRED : ClientAuth.NONE);
        options.setSslEngineOptions(new HttpEngine(this));
    }

    /** The same for a server that the platform knows nothing of, and whose clients need no certificates. */
    public synchronized void serveAnybody(HttpServerOptions options) {
        SSLOptions read = present.options();
        options.setSsl(true)
                .setKeyCertOptions(read.getKeyCertOptions())
                .setEnabledSecureTransportProtocols(read.getEnabledSecureTransportProtocols())
                .setClientAuth(ClientAuth.NONE)
                .setSslEngineOptions(new HttpEngine(this));
        read.getEnabledCipherSuites().forEach(options::addEnabledCipherSuite);
    }

    /** The same, for the platform's registry: under a name of its own, no other reading of it reaches the server. */
    public synchronized TlsConfiguration http() {
        return new ReadConfiguration(present.options());
    }

    synchronized SslContext use(Recipe recipe) throws SSLException {
        SwappedContext context = new SwappedContext(recipe.make(present));
        uses.add(new Use(recipe, context));
        return context;
    }

    /**
     * Reads it again. Blocks.
     *
     * @return whether new connections use anything else now
     */
    public synchronized boolean look() {
        boolean isChanged;
        try {
            isChanged = change(reread());
        } catch (IllegalArgumentException unusable) {
            complain(String.valueOf(unusable.getMessage()));
            return false;
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

    private boolean change(Material next) {
        if (next.isSame(present)) {
            return false;
        }
        List<SslContext> contexts = new ArrayList<>();
        try {
            for (Use use : uses) {
                contexts.add(use.recipe().make(next));
            }
        } catch (SSLException impossible) {
            throw new IllegalArgumentException(settings.stores() + "key-store cannot be used");
        }
        for (int i = 0; i < contexts.size(); i++) {
            uses.get(i).context().swap(contexts.get(i));
        }
        present = next;
        return true;
    }

    /** When the first of the certificates ends that new connections see. */
    public synchronized Instant expires() {
        return present.expires();
    }

    /** Whether the files hold something else than what is in use, or what is in use is not valid. */
    public synchronized boolean isRefusing() {
        return complaint != null;
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
        Instant now = clock.instant();
        if (!Objects.equals(what, complaint) || !now.isBefore(complained.plus(COMPLAIN_AGAIN))) {
            complaint = what;
            complained = now;
            LOG.log(System.Logger.Level.WARNING, "{0}: the listeners go on with {1}", what, present.described());
        }
    }
}
