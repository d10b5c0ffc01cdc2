package io.plexspaces.processgroups.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.stream.Collectors;

/** What the server says of itself over HTTP. */
record Management(URI server) {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String ANY = "*/*";
    private static final String PREFIX = "plexspaces_process_groups_";

    boolean isReady() {
        HttpResponse<String> answer = get("/q/health/ready", ANY);
        return answer.statusCode() == 200 && answer.body().contains("\"UP\"");
    }

    /** @param series name after the common prefix, with labels as they are printed */
    double metric(String series) {
        String start = PREFIX + series + " ";
        return get("/q/metrics", ANY)
                .body()
                .lines()
                .filter(line -> line.startsWith(start))
                .mapToDouble(line -> Double.parseDouble(line.substring(start.length())))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no metric " + series));
    }

    /** Names of all series there are. */
    Set<String> series() {
        return get("/q/metrics", ANY)
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]", 2)[0])
                .collect(Collectors.toSet());
    }

    /** The whole page, in Prometheus' own format. */
    String metrics() {
        return get("/q/metrics", "text/plain").body();
    }

    private HttpResponse<String> get(String path, String accept) {
        try {
            HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                    .header("Accept", accept)
                    .build();
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
