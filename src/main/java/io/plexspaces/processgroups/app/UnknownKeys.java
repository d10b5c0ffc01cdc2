package io.plexspaces.processgroups.app;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/**
 * Finds keys of the service's own prefix that are none, and which one may be meant. {@link ConfigGuard} stops the start
 * for them; of variables of the environment the log says so and no more, as Kubernetes gives a service of this name
 * variables of its own.
 */
@Singleton
final class UnknownKeys {
    private static final Logger LOG = Logger.getLogger(UnknownKeys.class);

    private static final int MOST = 20;

    /** Of names that a client of nobody here wrote, but an operator. */
    private static final int LONGEST = 100;

    private static final String VARIABLE = ConfigGuard.PREFIX.replace('.', '_').toUpperCase(Locale.ROOT);

    /** Keys with names that the operator chooses, in both spellings. */
    private static final List<String> FREE = List.of(
            "processgroups.auth.roles.",
            "processgroups.quotas.tenants.",
            "PROCESSGROUPS_AUTH_ROLES_",
            "PROCESSGROUPS_QUOTAS_TENANTS_");

    /** As Kubernetes tells where a service is; and what only tests know. */
    private static final Pattern OF_OTHERS = Pattern.compile("PROCESSGROUPS(_[A-Z0-9_]+)?_(PORT|SERVICE)(_[A-Z0-9_]+)?"
            + "|processgroups(\\..+)?\\.(test|service|port)(\\..*)?");

    void look(@Observes StartupEvent started, Config config) {
        complaints(config.getPropertyNames()).forEach(LOG::warn);
    }

    /** One sentence for each name that is no key. */
    static List<String> complaints(Iterable<String> names) {
        List<ConfigKey> keys = ConfigKey.all();
        List<String> known = keys.stream().map(ConfigKey::name).collect(Collectors.toCollection(ArrayList::new));
        known.addAll(keys.stream().map(ConfigKey::variable).toList());
        return StreamSupport.stream(names.spliterator(), false)
                .map(name -> name.startsWith("%") ? name.substring(name.indexOf('.') + 1) : name)
                .filter(name -> name.startsWith(ConfigGuard.PREFIX) || name.startsWith(VARIABLE))
                .filter(name -> name.length() <= LONGEST && !known.contains(name))
                .filter(name -> FREE.stream().noneMatch(name::startsWith))
                .filter(name -> !OF_OTHERS.matcher(name).matches())
                .distinct()
                .sorted()
                .limit(MOST)
                .map(name -> name + " is no configuration key; did you mean " + nearest(name, known) + "?")
                .toList();
    }

    private static String nearest(String name, List<String> known) {
        Function<String, Integer> distance = key -> distance(name, key);
        return known.stream().min(Comparator.comparing(distance)).orElseThrow();
    }

    /** How many characters must be put in, taken out or replaced. */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
