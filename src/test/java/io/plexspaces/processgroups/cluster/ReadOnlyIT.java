package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.e2e.WsClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A server that finds no place for files of its own. */
@Isolated
class ReadOnlyIT {
    private static final String ROOM = "room";

    @Test
    void withoutAFolderForTemporaryFiles_itServes() throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "nodes"));
        Path none = Path.of("pom.xml").toAbsolutePath().resolve("none");
        try (NodeProcess node = NodeProcess.start(
                                "read-only", folder, Map.of("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + none))
                        .awaitReady();
                GrpcClient client = GrpcClient.connect(node.grpcPort(), "acme")) {
            client.create(ROOM);
            try (WsClient tab = WsClient.connect(node.webSocket("/ws/acme/default/room?actor=tab"), WsClient.JSON)) {
                tab.awaitEvents(1);
                client.publish(ROOM, "", "hello");
                assertThat(tab.awaitTexts(1)).containsExactly("hello");
            }
        }
    }
}
