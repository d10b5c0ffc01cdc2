package io.plexspaces.processgroups.app;

import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Defaults that follow from the machine the process runs on; weaker than every other source. The gRPC server takes one event
 * loop for all its connections unless told otherwise; here it gets one a processor, as many as there are.
 */
public final class MachineDefaults implements ConfigSource {
    private static final int WEAKEST = Integer.MIN_VALUE + 1_000_000;

    private final Map<String, String> values = Map.of(
            "quarkus.grpc.server.instances",
            Integer.toString(Runtime.getRuntime().availableProcessors()));

    @Override
    public Set<String> getPropertyNames() {
        return values.keySet();
    }

    @Override
    public @Nullable String getValue(String name) {
        return values.get(name);
    }

    @Override
    public String getName() {
        return "machine";
    }

    @Override
    public int getOrdinal() {
        return WEAKEST;
    }
}
