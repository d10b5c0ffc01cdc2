package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.Namespace;
import io.plexspaces.processgroups.domain.NodeId;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses values that do not go together, before anything is started with them. Each for itself has passed
 * {@link ConfigGuard}.
 */
final class ConfigCheck {
    private static final Pattern ORIGIN =
            Pattern.compile("\\*|null|[a-z][a-z0-9+.-]*://[^/,\\s]+", Pattern.CASE_INSENSITIVE);

    private static final Duration LEAST_IDLE = Duration.ofSeconds(1);

    private static final long LEAST_MEMORY_BYTES = 1 << 20;

    private ConfigCheck() {}

    /** @throws ConfigurationException naming every key that is wrong, what it may be and what it is */
    static void check(ProcessGroupsConfig config) {
        List<String> complaints = complaints(config);
        if (!complaints.isEmpty()) {
            throw new ConfigurationException(String.join("; ", complaints));
        }
    }

    /** Whether there is an audit log: unless something else is said, where it is known who callers are. */
    static boolean audits(ProcessGroupsConfig config) {
        return config.audit().orElse(config.auth() != ProcessGroupsConfig.Auth.NONE);
    }

    static List<String> complaints(ProcessGroupsConfig config) {
        List<@Nullable String> all = new ArrayList<>();
        all.add(nodeComplaint(config));
        all.add(leaseComplaint(config));
        all.add(retentionComplaint(config));
        all.add(prefixComplaint(config));
        all.add(originsComplaint(config));
        all.add(heldBytesComplaint(config));
        all.add(ageComplaint(config));
        all.add(idleComplaint(config));
        all.add(memoryComplaint(config));
        all.add(consoleComplaint(config));
        all.add(tenantComplaint(config));
        List<String> complaints = new ArrayList<>(AuthenticationCheck.complaints(config));
        for (String complaint : all) {
            if (complaint != null) {
                complaints.add(complaint);
            }
        }
        return complaints;
    }

    private static @Nullable String nodeComplaint(ProcessGroupsConfig config) {
        try {
            config.node().id().ifPresent(NodeId::new);
            return null;
        } catch (GroupException illegal) {
            return "processgroups.node.id must be a name, but is "
                    + config.node().id().orElse("") + ": " + illegal.getMessage();
        }
    }

    private static @Nullable String leaseComplaint(ProcessGroupsConfig config) {
        return config.node().renewInterval().compareTo(config.node().leaseTtl()) < 0
                ? null
                : "processgroups.node.renew-interval must be less than processgroups.node.lease-ttl = "
                        + config.node().leaseTtl() + ", but is "
                        + config.node().renewInterval();
    }

    private static @Nullable String prefixComplaint(ProcessGroupsConfig config) {
        String prefix = config.redis().prefix();
        return prefix.indexOf('{') < 0 && prefix.indexOf('}') < 0
                ? null
                : "processgroups.redis.prefix must hold no braces, but is " + prefix;
    }

    private static @Nullable String originsComplaint(ProcessGroupsConfig config) {
        return config.websocket().allowedOrigins().stream()
                .flatMap(List::stream)
                .filter(origin -> !ORIGIN.matcher(origin).matches())
                .findFirst()
                .map(origin -> "processgroups.websocket.allowed-origins must be *, or origins such as"
                        + " https://example.com:8443, but has " + origin)
                .orElse(null);
    }

    /** What one client may make the server hold. */
    static long leastHeldBytes(ProcessGroupsConfig config) {
        return config.limits().messageBytes().asLongValue()
                + config.session().queueBytes().asLongValue();
    }

    private static @Nullable String heldBytesComplaint(ProcessGroupsConfig config) {
        long least = leastHeldBytes(config);
        return config.delivery()
                .heldBytes()
                .filter(bytes -> bytes.asLongValue() < least)
                .map(bytes -> "processgroups.delivery.held-bytes must be at least the "
                        + least + " bytes of processgroups.limits.message-bytes and processgroups.session.queue-bytes,"
                        + " but is " + bytes.asLongValue())
                .orElse(null);
    }

    private static @Nullable String memoryComplaint(ProcessGroupsConfig config) {
        return config.memory()
                .bytes()
                .filter(bytes -> bytes.asLongValue() < LEAST_MEMORY_BYTES)
                .map(bytes -> "processgroups.memory.bytes must be at least " + LEAST_MEMORY_BYTES + ", but is "
                        + bytes.asLongValue())
                .orElse(null);
    }

    private static @Nullable String tenantComplaint(ProcessGroupsConfig config) {
        for (String tenant : new TreeSet<>(config.quotas().tenants().keySet())) {
            try {
                new Namespace(tenant, Namespace.DEFAULT);
            } catch (GroupException illegal) {
                return "processgroups.quotas.tenants." + tenant + " must be the name of a tenant: "
                        + illegal.getMessage();
            }
        }
        return null;
    }

    private static @Nullable String idleComplaint(ProcessGroupsConfig config) {
        Duration idle = config.session().idleInterval();
        return idle.isZero() || idle.compareTo(LEAST_IDLE) >= 0
                ? null
                : "processgroups.session.idle-interval must be 0, or at least " + LEAST_IDLE + ", but is " + idle;
    }

    private static @Nullable String ageComplaint(ProcessGroupsConfig config) {
        Duration age = config.session().maxConnectionAge();
        return age.isZero() || age.compareTo(config.drain().notice()) > 0
                ? null
                : "processgroups.session.max-connection-age must be 0, or more than processgroups.drain.notice = "
                        + config.drain().notice() + ", but is " + age;
    }

    /** Whoever has no certificate would reach the API by the listener that asks for none. */
    private static @Nullable String consoleComplaint(ProcessGroupsConfig config) {
        return config.management().console().orElse(false)
                        && config.listenerTls().clientAuth() == ProcessGroupsConfig.ClientAuth.REQUIRED
                ? "processgroups.management.console must not be true with processgroups.tls.client-auth = required,"
                        + " as nobody is asked for a certificate there"
                : null;
    }

    private static @Nullable String retentionComplaint(ProcessGroupsConfig config) {
        if (config.retention().messages() > config.limits().retainedMessages()) {
            return "processgroups.retention.messages must be at most processgroups.limits.retained-messages = "
                    + config.limits().retainedMessages() + ", but is "
                    + config.retention().messages();
        }
        if (config.retention().age().compareTo(config.limits().retentionAge()) > 0) {
            return "processgroups.retention.age must be at most processgroups.limits.retention-age = "
                    + config.limits().retentionAge() + ", but is "
                    + config.retention().age();
        }
        return null;
    }
}
