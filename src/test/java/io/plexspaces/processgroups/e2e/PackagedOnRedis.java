package io.plexspaces.processgroups.e2e;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The same with its groups in a Redis of its own. */
public final class PackagedOnRedis extends Packaged {
    @Override
    public Map<String, String> getConfigOverrides() {
        Map<String, String> overrides = new HashMap<>(super.getConfigOverrides());
        overrides.put("processgroups.store", "redis");
        return overrides;
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(GrpcPort.class), new TestResourceEntry(OnRedis.Redis.class));
    }
}
