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
