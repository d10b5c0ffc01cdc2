package io.plexspaces.processgroups.app;

import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * The default of {@code processgroups.node.id}, so that other keys can name this node when the operator has not named
 * it: logs and traces do, by {@code ${processgroups.node.id}}.
 */
public final class NodeIdDefault implements ConfigSource {
    private static final String KEY = "processgroups.node.id";
    private static final int LAST = 1;

    private final Supplier<String> host;
    private @Nullable String id;

    /** Called when the configuration is read. */
    public NodeIdDefault() {
        this(() -> NodeNames.ofHost("${quarkus.grpc.server.port}"));
    }

    /** @param host asked once, on first use, as a look-up of the host's name may take long */
    NodeIdDefault(Supplier<String> host) {
        this.host = host;
    }

    @Override
    public String getName() {
        return "name of the node";
    }

    @Override
    public int getOrdinal() {
        return LAST;
    }

    @Override
    public Set<String> getPropertyNames() {
        return Set.of(KEY);
    }

    @Override
    public synchronized @Nullable String getValue(String key) {
        if (!key.equals(KEY)) {
            return null;
        }
        String known = id;
        if (known == null) {
            known = host.get();
            id = known;
        }
        return known;
    }
}
