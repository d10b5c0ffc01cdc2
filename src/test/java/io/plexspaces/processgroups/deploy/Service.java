package io.plexspaces.processgroups.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the service says of itself in its properties and in its documentation, which other tests keep true. */
final class Service {
    private static final Pattern METRIC = Pattern.compile("(?m)^\\| `([a-z_]+)` \\| (counter|gauge|histogram) \\|");
    private static final Pattern KEY = Pattern.compile("`((?:processgroups|quarkus)\\.[a-z0-9.\"-]+)`");
    private static final Pattern MANAGEMENT =
            Pattern.compile("\\| `processgroups\\.management\\.port` \\| `(\\d+)` \\|");
    private static final Pattern FOLDER = Pattern.compile("(?m)^WORKDIR (\\S+)$");
    private static final String PREFIX = "plexspaces_process_groups_";

    private Service() {}

    static int httpPort() {
        return Integer.parseInt(property("quarkus.http.port"));
    }

    static int grpcPort() {
        return Integer.parseInt(property("quarkus.grpc.server.port"));
    }

    static int managementPort() {
        Matcher row = MANAGEMENT.matcher(Documents.text(Path.of("docs/configuration.md")));
        if (!row.find()) {
            throw new AssertionError("docs/configuration.md says nothing of processgroups.management.port");
        }
        return Integer.parseInt(row.group(1));
    }

    private static String property(String key) {
        return properties(Path.of("src/main/resources/application.properties")).getProperty(key);
    }

    static Properties properties(Path path) {
        Properties properties = new Properties();
        try (InputStream file = Files.newInputStream(path)) {
            properties.load(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return properties;
    }

    /** Where the images start it; configuration is read from the folder {@code config} there. */
    static String home() {
        Set<String> homes = new HashSet<>();
        for (String file : List.of("Containerfile.jvm", "Containerfile.native")) {
            Matcher folder = FOLDER.matcher(Documents.text(Documents.DEPLOY.resolve(file)));
            String last = "";
            while (folder.find()) {
                last = folder.group(1);
            }
            homes.add(last);
        }
        if (homes.size() != 1) {
            throw new AssertionError("the images start in different folders: " + homes);
        }
        return homes.iterator().next();
    }

    /** Names of its own metrics, as they are queried. */
    static Set<String> metrics() {
        Set<String> names = new HashSet<>();
        Matcher row = METRIC.matcher(Documents.text(Path.of("docs/metrics.md")));
        while (row.find()) {
            String name = PREFIX + row.group(1);
            if (row.group(2).equals("histogram")) {
                names.add(name + "_bucket");
                names.add(name + "_sum");
                names.add(name + "_count");
            } else {
                names.add(name);
            }
        }
        return names;
    }

    /** Environment variables of all documented keys, its own and the platform's. */
    static Set<String> variables() {
        Set<String> variables = new HashSet<>();
        Matcher key = KEY.matcher(Documents.text(Path.of("docs/configuration.md")));
        while (key.find()) {
            variables.add(key.group(1).replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT));
        }
        return variables;
    }
}
