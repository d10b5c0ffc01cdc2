package io.plexspaces.processgroups.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.plexspaces.processgroups.access.Caller;
import io.plexspaces.processgroups.access.Rule;
import io.plexspaces.processgroups.token.SharedSecret;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with who may call, as sentences that name the key. None holds a secret, nor an address, in which one
 * may be.
 */
final class AuthenticationCheck {
    private static final String KEY = ConfigGuard.PREFIX + "auth";
    private static final Pattern PLAIN_ROLE = Pattern.compile("[A-Za-z0-9_-]+");
    private static final int LAST_PORT = 65_535;

    private AuthenticationCheck() {}

    /** Empty: nothing. */
    static List<String> complaints(ProcessGroupsConfig config) {
        ProcessGroupsConfig.Authentication settings = config.authentication();
        List<String> all = new ArrayList<>(sourceComplaints(config.auth(), settings));
        if (settings.jwksUrl().isPresent() && httpUri(settings.jwksUrl().get()) == null) {
            all.add(KEY + ".jwks-url must be an address such as https://example.com/keys, without user and password");
        }
        settings.sharedSecret().map(AuthenticationCheck::secretComplaint).ifPresent(all::add);
        readRoles(settings, all);
        return all;
    }

    /**
     * Whether everybody who reaches a listener may do everything there, and not only this machine reaches it.
     *
     * @param hosts keys of the listeners' addresses, to the addresses
     * @return null: no
     */
    static @Nullable String openComplaint(ProcessGroupsConfig config, Map<String, String> hosts) {
        if (config.auth() != ProcessGroupsConfig.Auth.NONE
                || config.authentication().noneAnywhere()) {
            return null;
        }
        return notLoopback(hosts)
                .map(host -> host.getKey() + " = " + host.getValue() + " is not loopback, and with " + KEY
                        + "=none whoever reaches it may do everything: set " + KEY + "=jwt, or " + KEY
                        + ".none-anywhere=true if that is meant")
                .orElse(null);
    }

    /**
     * Whether tokens would travel as plain text beyond this machine.
     *
     * @param hosts keys of the addresses of listeners that speak plain text, to the addresses
     * @return null: no
     */
    static @Nullable String plaintextComplaint(ProcessGroupsConfig config, Map<String, String> hosts) {
        if (config.auth() == ProcessGroupsConfig.Auth.NONE
                || config.authentication().plaintext()) {
            return null;
        }
        return notLoopback(hosts)
                .map(host -> host.getKey() + " = " + host.getValue() + " is not loopback, and tokens would travel there"
                        + " as plain text: set processgroups.tls, or " + KEY
                        + ".plaintext=true where something else encrypts the way to clients")
                .orElse(null);
    }

    private static Optional<Map.Entry<String, String>> notLoopback(Map<String, String> hosts) {
        return new TreeMap<>(hosts)
                .entrySet().stream()
                        .filter(host -> !isLoopback(host.getValue()))
                        .findFirst();
    }

    /** Of a configuration without complaints. */
    static Map<String, List<Rule>> roles(ProcessGroupsConfig config) {
        return readRoles(config.authentication(), new ArrayList<>());
    }

    /** Null: it is no address of http or https that could be asked, or has a user in it. */
    static @Nullable URI httpUri(String text) {
        try {
            URI uri = URI.create(text);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            boolean isHttp = scheme.equals("http") || scheme.equals("https");
            boolean isPort = uri.getPort() == -1 || (uri.getPort() > 0 && uri.getPort() <= LAST_PORT);
            return isHttp && isPort && uri.getHost() != null && uri.getRawUserInfo() == null ? uri : null;
        } catch (IllegalArgumentException unreadable) {
            return null;
        }
    }

    /** Of a name: wherever it leads to. */
    static boolean isLoopback(String host) {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException nowhere) {
            return false;
        }
    }

    private static List<String> sourceComplaints(
            ProcessGroupsConfig.Auth auth, ProcessGroupsConfig.Authentication settings) {
        Map<String, Optional<String>> sources = new LinkedHashMap<>();
        sources.put(KEY + ".jwks-url", settings.jwksUrl());
        sources.put(KEY + ".pem-file", settings.pemFile());
        sources.put(KEY + ".shared-secret", settings.sharedSecret());
        List<String> present = sources.keySet().stream()
                .filter(key -> sources.getOrDefault(key, Optional.empty()).isPresent())
                .toList();
        if (auth == ProcessGroupsConfig.Auth.NONE) {
            return present.stream()
                    .map(key -> key + " must not be set with " + KEY + " = none, which asks for no tokens")
                    .toList();
        }
        return present.size() == 1
                ? List.of()
                : List.of(KEY + " = jwt needs exactly one of " + String.join(", ", sources.keySet()) + ", but has "
                        + (present.isEmpty() ? "none" : String.join(" and ", present)));
    }

    private static @Nullable String secretComplaint(String secret) {
        try {
            new SharedSecret(secret.getBytes(UTF_8));
            return null;
        } catch (IllegalArgumentException tooShort) {
            return KEY + ".shared-secret: " + tooShort.getMessage();
        }
    }

    private static Map<String, List<Rule>> readRoles(
            ProcessGroupsConfig.Authentication settings, List<String> complaints) {
        Map<String, List<Rule>> roles = new TreeMap<>();
        settings.roles().forEach((role, rules) -> {
            String key = KEY + ".roles." + (PLAIN_ROLE.matcher(role).matches() ? role : '"' + role + '"');
            if (rules.size() > Caller.MOST_RULES) {
                complaints.add(key + " must have at most " + Caller.MOST_RULES + " rules, but has " + rules.size());
            } else {
                roles.put(role, readRules(key, rules, complaints));
            }
        });
        return roles;
    }

    private static List<Rule> readRules(
            String key, List<ProcessGroupsConfig.RuleConfig> rules, List<String> complaints) {
        List<Rule> read = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            ProcessGroupsConfig.RuleConfig rule = rules.get(i);
            try {
                read.add(Rule.of(
                        rule.namespaces().orElse(null),
                        rule.groups().orElse(null),
                        rule.topics().orElse(null),
                        rule.actors().orElse(null),
                        rule.ops().orElse(null)));
            } catch (IllegalArgumentException refused) {
                complaints.add(key + "[" + i + "]." + refused.getMessage());
            }
        }
        return read;
    }
}
