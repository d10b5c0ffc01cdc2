package io.plexspaces.processgroups.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * Unary operations by the Connect protocol, in JSON. By the JDK's oldest HTTP client, which is there in a tenth of the
 * time of its newest. Blocks the caller.
 */
public final class Calls {
    private static final String SERVICE = "/plexspaces.processgroups.v1.ProcessGroupService/";
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;
    private static final int REDIRECTED = 300;
    private static final int FAILED = 400;

    /** Larger is no answer of a server. */
    private static final int LONGEST_ANSWER = 64 << 20;

    private final Target target;

    public Calls(Target target) {
        // A publish that the platform silently sends again would be there twice. (Natively: application.properties.)
        System.setProperty("sun.net.http.retryPost", "false");
        this.target = target;
    }

    private record Answer(int status, String text) {}

    /**
     * @param method of the service, such as {@code CreateGroup}
     * @throws Refused the server said no
     * @throws Failure there was no answer that can be understood
     */
    public Json call(String method, Json request) {
        Answer answer = send("POST", SERVICE + method, request.toString());
        if (answer.status() != OK) {
            throw refusal(answer);
        }
        try {
            return Json.parse(answer.text());
        } catch (IllegalArgumentException unreadable) {
            throw notTheService();
        }
    }

    /** The text of a page and its status, for what is not an operation. */
    public String page(String path) {
        return send("GET", path, null).text();
    }

    /** The status of a page. */
    public int status(String path) {
        return send("GET", path, null).status();
    }

    private Answer send(String method, String path, @Nullable String body) {
        try {
            HttpURLConnection connection = (HttpURLConnection) target.server()
                    .resolve(target.server().getRawPath() + path)
                    .toURL()
                    .openConnection();
            if (connection instanceof HttpsURLConnection tls) {
                tls.setSSLSocketFactory(Trust.context(target.authority()).getSocketFactory());
            }
            connection.setRequestMethod(method);
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout((int) target.timeout().toMillis());
            connection.setReadTimeout((int) target.timeout().toMillis());
            if (target.token() != null) {
                connection.setRequestProperty("Authorization", "Bearer " + target.token());
            }
            if (body != null) {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                connection.setRequestProperty("Content-Type", "application/json");
                connection.setRequestProperty("Connect-Protocol-Version", "1");
                connection.setDoOutput(true);
                connection.getOutputStream().write(bytes);
            }
            return read(connection);
        } catch (IOException failure) {
            throw Unreachables.of(target, failure);
        }
    }

    private static Answer read(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        try (InputStream in = status >= FAILED ? connection.getErrorStream() : connection.getInputStream()) {
            String text = in == null ? "" : new String(in.readNBytes(LONGEST_ANSWER), StandardCharsets.UTF_8);
            return new Answer(status, text);
        }
    }

    private Failure refusal(Answer answer) {
        try {
            Json error = Json.parse(answer.text());
            if (error.has("code")) {
                return refused(error);
            }
        } catch (IllegalArgumentException notOfTheService) {
            // Said by somebody between here and the service.
        }
        return switch (answer.status()) {
            case UNAUTHORIZED -> new Refused("UNAUTHENTICATED", "the server asks for a token", "");
            case UNAVAILABLE ->
                Failure.unreachable(target.place() + " has no more room for connections (HTTP 503): try again later");
            case NOT_FOUND -> notTheService();
            default ->
                answer.status() >= REDIRECTED && answer.status() < FAILED
                        ? Failure.unreachable(target.server() + " leads elsewhere (HTTP " + answer.status()
                                + "): give the address of the server itself")
                        : Failure.unreachable(target.server() + " answers HTTP " + answer.status()
                                + ", and not as the service does: look at --server");
        };
    }

    private Failure notTheService() {
        return Failure.unreachable(
                "no process groups are served at " + target.server() + ": look at the port and path in --server");
    }

    private static Refused refused(Json error) {
        String message = error.text("message");
        for (Json detail : error.objects("details")) {
            if (detail.text("type").endsWith("google.rpc.ErrorInfo")) {
                ErrorInfo info = ErrorInfo.read(detail);
                return new Refused(info.reason(), message, info.field());
            }
        }
        return new Refused(error.text("code").toUpperCase(Locale.ROOT), message, "");
    }

    /** What the service says of a failure beside its sentence. */
    private record ErrorInfo(String reason, String field) {
        private static final String FIELD = "field";

        /** Connect has it readable beside its encoding, if the server is kind. */
        static ErrorInfo read(Json detail) {
            Json readable = detail.object("debug");
            if (readable.has("reason")) {
                return new ErrorInfo(
                        readable.text("reason"), readable.object("metadata").text(FIELD));
            }
            return parsed(detail.text("value"));
        }

        private static ErrorInfo parsed(String base64) {
            try {
                com.google.rpc.ErrorInfo info =
                        com.google.rpc.ErrorInfo.parseFrom(Base64.getDecoder().decode(base64));
                return new ErrorInfo(info.getReason(), info.getMetadataOrDefault(FIELD, ""));
            } catch (IllegalArgumentException | IOException unreadable) {
                return new ErrorInfo("", "");
            }
        }
    }
}
