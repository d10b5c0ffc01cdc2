package io.plexspaces.processgroups.app;

import org.eclipse.microprofile.config.Config;

/**
 * How the listeners speak.
 *
 * @param haveTls gRPC speaks TLS, and HTTP, too
 * @param havePlainHttp HTTP also, or alone, speaks plain text
 */
record Listeners(boolean haveTls, boolean havePlainHttp) {
    static Listeners of(Config platform) {
        boolean haveTls =
                platform.getOptionalValue(ListenerKeys.TLS, String.class).isPresent();
        boolean havePlainHttp = !platform.getOptionalValue(ListenerKeys.INSECURE, String.class)
                .orElse("enabled")
                .equalsIgnoreCase("disabled");
        return new Listeners(haveTls, havePlainHttp);
    }

    /** Whether health and metrics have a listener of their own. */
    static boolean haveManagement(ProcessGroupsConfig config, Config platform) {
        return config.management()
                .enabled()
                .orElseGet(() -> !AuthenticationCheck.isLoopback(platform.getValue("quarkus.http.host", String.class)));
    }

    /**
     * Whether the console is where health and metrics are. On a listener of their own it brings the API along, which
     * asks nobody for a certificate there.
     */
    static boolean haveConsole(ProcessGroupsConfig config, Config platform) {
        boolean isApart = haveManagement(config, platform);
        boolean asksForCertificates = config.listenerTls().clientAuth() == ProcessGroupsConfig.ClientAuth.REQUIRED;
        String host = isApart ? config.management().host() : platform.getValue("quarkus.http.host", String.class);
        return config.management()
                .console()
                .orElseGet(() -> AuthenticationCheck.isLoopback(host) && !(isApart && asksForCertificates));
    }

    /** Whether a listener of their own speaks TLS. */
    static boolean haveManagementTls(ProcessGroupsConfig config) {
        return config.tls().isPresent()
                && config.management()
                        .tls()
                        .orElseGet(() -> !AuthenticationCheck.isLoopback(
                                config.management().host()));
    }

    /**
     * How those who run the server reach it, for people.
     *
     * @return what continues a sentence about the other listeners
     */
    static String managementText(ProcessGroupsConfig config, Config platform) {
        return haveManagement(config, platform)
                ? ", health and metrics on " + config.management().host() + ":"
                        + config.management().port()
                : "";
    }

    /** For people. */
    String text() {
        if (!haveTls) {
            return "plain text";
        }
        return havePlainHttp ? "TLS, and plain text on quarkus.http.port" : "TLS";
    }

    /** Of the port for WebSockets: that of TLS where there is one. */
    String httpPortKey() {
        return "quarkus.http." + (haveTls ? "ssl-port" : "port");
    }
}
