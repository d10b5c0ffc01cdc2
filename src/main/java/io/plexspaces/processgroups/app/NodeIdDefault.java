package io.plexspaces.processgroups.app;

import io.smallrye.config.common.MapBackedConfigSource;
import java.util.Map;

/**
 * The last word on {@code processgroups.node.id}, so that other keys can name this node where nobody has named it: logs and traces do, by
 * {@code ${processgroups.node.id}}.
 */
public final class NodeIdDefault extends MapBackedConfigSource {
    private static final int LAST = 1;

    /** Called when the configuration is read. */
    public NodeIdDefault() {
        super(
                "name of the node",
                Map.of("processgroups.node.id", NodeNames.ofHost("${quarkus.grpc.server.port}")),
                LAST);
    }
}
