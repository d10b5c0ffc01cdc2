package io.plexspaces.processgroups.cli.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** From what the network did to a sentence that says what to do about it. */
public final class Unreachables {
    private static final int DEEPEST_CAUSE = 10;

    private Unreachables() {}

    /** May look what the port speaks, which takes some seconds at most. */
    public static Failure of(Target target, IOException failure) {
        String server = target.server().toString();
        if (cause(failure, UnknownHostException.class) != null
                || cause(failure, UnresolvedAddressException.class) != null) {
            return Failure.unreachable("there is no host " + target.server().getHost()
                    + ": look at the name in --server, or in the context");
        } else if (cause(failure, CertificateException.class) != null
                || cause(failure, CertPathValidatorException.class) != null) {
            return untrusted(target, failure);
        } else if (cause(failure, HttpTimeoutException.class) != null
                || cause(failure, SocketTimeoutException.class) != null) {
            if (target.isTls() && Probe.of(target.server().getHost(), target.port()) == Probe.HTTP) {
                return strange(target, failure);
            }
            return Failure.unreachable("no answer from " + server + " within "
                    + target.timeout().toSeconds() + " s: see what `pg check` says, or give it longer with --timeout");
        } else if (cause(failure, NoRouteToHostException.class) != null) {
            return Failure.unreachable("there is no way to " + server + " from here: look at network and firewall");
        } else if (cause(failure, ConnectException.class) != null) {
            return Failure.unreachable(
                    "nothing listens at " + target.place() + ": start the server, or name another one with --server");
        }
        return strange(target, failure);
    }

    private static Failure untrusted(Target target, IOException failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains("No subject alternative") || message.contains("No name matching")) {
            return Failure.unreachable("the certificate of " + target.place() + " is for another name than "
                    + target.server().getHost() + ": give the name that is in it");
        } else if (message.contains("NotAfter") || message.contains("expired")) {
            return Failure.unreachable(
                    "the certificate of " + target.place() + " has expired: its operator must renew it");
        }
        return Failure.unreachable("the certificate of " + target.place()
                + " is not trusted: name the file of its authority with --tls-ca");
    }

    /** Something answered, but not as HTTP should. */
    private static Failure strange(Target target, IOException failure) {
        String place = target.place();
        String host = target.server().getHost();
        Probe spoken = Probe.of(host, target.port());
        String port = "give the HTTP port (8080 by default) with --server";
        if (target.isTls()) {
            return switch (spoken) {
                case HTTP -> Failure.unreachable(place + " speaks no TLS: use http://" + place);
                case GRPC -> Failure.unreachable(place + " is the gRPC port: " + port);
                default -> Failure.unreachable("the TLS connection to " + place + " failed: " + reason(failure));
            };
        }
        return switch (spoken) {
            case GRPC -> Failure.unreachable(place + " is the gRPC port: " + port);
            case TLS ->
                Failure.unreachable(
                        place + " speaks TLS: use https://" + place + ", or, if that is the gRPC port, " + port);
            case HTTP -> Failure.unreachable("the connection to " + target.server() + " broke: try again");
            case SOMETHING_ELSE -> Failure.unreachable(place + " does not speak HTTP: " + port);
        };
    }

    private static String reason(IOException failure) {
        SSLException tls = cause(failure, SSLException.class);
        String message = tls == null ? failure.getMessage() : tls.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    private static <T> @Nullable T cause(Throwable failure, Class<T> kind) {
        Throwable one = failure;
        for (int depth = 0; one != null && depth < DEEPEST_CAUSE; depth++) {
            if (kind.isInstance(one)) {
                return kind.cast(one);
            }
            one = one.getCause();
        }
        return null;
    }
}
