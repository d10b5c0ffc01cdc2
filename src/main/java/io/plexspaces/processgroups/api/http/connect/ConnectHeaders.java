package io.plexspaces.processgroups.api.http.connect;

import io.grpc.Status;
import io.plexspaces.processgroups.api.http.call.Refusal;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the headers of a request say by the Connect protocol. */
final class ConnectHeaders {
    static final String TIMEOUT = "Connect-Timeout-Ms";
    static final String VERSION = "Connect-Protocol-Version";
    private static final String IDENTITY = "identity";
    private static final int TIMEOUT_DIGITS = 10;

    private ConnectHeaders() {}

    /** Without parameters, in small letters; empty: there is none, or one in another character set than UTF-8. */
    static String mediaType(HttpServerRequest request) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null) {
            return "";
        }
        String[] parts = type.toLowerCase(Locale.ROOT).split(";", -1);
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            boolean utf8 = parameter.equals("charset=utf-8") || parameter.equals("charset=\"utf-8\"");
            if (parameter.startsWith("charset=") && !utf8) {
                return "";
            }
        }
        return parts[0].strip();
    }

    /**
     * What is wrong; null: nothing.
     *
     * @param encoding the header that names how messages are compressed
     */
    static @Nullable Refusal complaint(HttpServerRequest request, CharSequence encoding) {
        String version = request.getHeader(VERSION);
        if (version != null && !version.equals("1")) {
            return invalid(VERSION + " must be 1");
        }
        String compression = request.getHeader(encoding);
        if (compression != null && !compression.equalsIgnoreCase(IDENTITY)) {
            return Refusal.of(
                    Status.Code.UNIMPLEMENTED,
                    Refusal.status(Status.Code.UNIMPLEMENTED),
                    encoding + " must be identity: requests are not compressed here");
        }
        String timeout = request.getHeader(TIMEOUT);
        if (timeout != null && !isNumber(timeout)) {
            return invalid(TIMEOUT + " must be milliseconds, in " + TIMEOUT_DIGITS + " digits at most");
        }
        return null;
    }

    private static Refusal invalid(String message) {
        return Refusal.of(Status.Code.INVALID_ARGUMENT, Refusal.status(Status.Code.INVALID_ARGUMENT), message);
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty()
                && text.length() <= TIMEOUT_DIGITS
                && text.chars().allMatch(each -> each >= '0' && each <= '9');
    }

    /** Milliseconds for the answer; negative: any. */
    static long timeout(HttpServerRequest request) {
        String timeout = request.getHeader(TIMEOUT);
        return timeout == null ? -1 : Long.parseLong(timeout);
    }
}
