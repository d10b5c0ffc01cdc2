package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.NodeId;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Refuses a configuration that cannot work, before anything is started with it. */
final class ConfigCheck {
    private ConfigCheck() {}

    /** @throws ConfigurationException naming every key that is wrong, its range and its value */
    static void check(ProcessGroupsConfig config) {
        List<String> complaints = complaints(config);
        if (!complaints.isEmpty()) {
            throw new ConfigurationException(String.join("; ", complaints));
        }
    }

    static List<String> complaints(ProcessGroupsConfig config) {
        List<@Nullable String> all = new ArrayList<>();
        ConfigKey.of(config).forEach(key -> all.add(key.complaint()));
        all.add(nodeComplaint(config));
        all.add(leaseComplaint(config));
        all.add(retentionComplaint(config));
        all.add(prefixComplaint(config));
        List<String> complaints = new ArrayList<>();
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
            return "processgroups.node.id is not a name: " + illegal.getMessage();
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
