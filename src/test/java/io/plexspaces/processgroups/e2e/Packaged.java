package io.plexspaces.processgroups.e2e;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;

/**
 * The service as it is packaged, jar or native executable, in a process of its own; configured as it is in tests
 * otherwise.
 */
public class Packaged implements QuarkusTestProfile {
    /** System property of the tests: where that process has its gRPC server. */
    static final String GRPC_PORT = "processgroups.test.grpc-port";

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "processgroups.session.grace", "5S",
                "processgroups.drain.period", "0S",
                "processgroups.drain.notice", "0S",
                "quarkus.shutdown.delay", "0S",
                "quarkus.log.console.json.enabled", "false");
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(GrpcPort.class));
    }

    /** Chooses the port, as a packaged server cannot say which one it got. */
    public static final class GrpcPort implements QuarkusTestResourceLifecycleManager {
        @Override
        public Map<String, String> start() {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                String port = Integer.toString(socket.getLocalPort());
                System.setProperty(GRPC_PORT, port);
                return Map.of("quarkus.grpc.server.port", port);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        @Override
        public void stop() {
            System.clearProperty(GRPC_PORT);
        }
    }
}
