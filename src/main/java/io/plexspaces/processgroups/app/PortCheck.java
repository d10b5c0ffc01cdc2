package io.plexspaces.processgroups.app;

import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.vertx.VertxOptionsCustomizer;
import io.vertx.core.VertxOptions;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import org.eclipse.microprofile.config.Config;

/**
 * Looks whether the ports can be had, before anything is started: the platform says of a taken one neither its key nor,
 * for gRPC, ends the start. It is asked here because nothing of the application is asked earlier.
 */
@Singleton
@Unremovable
final class PortCheck implements VertxOptionsCustomizer {
    private final Config config;
    private final ProcessGroupsConfig own;

    PortCheck(Config config, ProcessGroupsConfig own) {
        this.config = config;
        this.own = own;
    }

    /** @throws ConfigurationException naming the port that cannot be had, and its key */
    @Override
    public void accept(VertxOptions options) {
        if (LaunchMode.current() == LaunchMode.NORMAL) {
            Set<Integer> ports = new HashSet<>();
            ports.add(check("quarkus.grpc.server", "port"));
            if (config.getOptionalValue("quarkus.http.host-enabled", boolean.class)
                    .orElse(true)) {
                Listeners http = Listeners.of(config);
                if (http.havePlainHttp()) {
                    ports.add(check("quarkus.http", "port"));
                }
                if (http.haveTls()) {
                    ports.add(check("quarkus.http", "ssl-port"));
                }
            }
            if (Listeners.haveManagement(own, config) && !ports.add(check("processgroups.management", "port"))) {
                throw new ConfigurationException("processgroups.management.port = "
                        + own.management().port() + " must be another than that of gRPC and of HTTP");
            }
        }
    }

    /** @return the port */
    private int check(String server, String key) {
        String host = config.getValue(server + ".host", String.class);
        int port = config.getValue(server + "." + key, int.class);
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(host, port));
            return port;
        } catch (IOException failure) {
            throw new ConfigurationException(server + "." + key + " = " + port + " cannot be listened on at " + server
                    + ".host = " + host + ": " + failure.getMessage());
        }
    }
}
