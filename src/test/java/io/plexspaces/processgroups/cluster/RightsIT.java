package io.plexspaces.processgroups.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.grpc.MethodDescriptor;
import io.plexspaces.processgroups.cluster.Deployments.Kind;
import io.plexspaces.processgroups.cluster.RightsTable.Row;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may do what, and who sees what of whom, on packaged servers of each kind of deployment. */
@Isolated
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RightsIT {
    private Deployments deployments;

    @BeforeAll
    void begin() {
        deployments = new Deployments();
    }

    @AfterAll
    void end() throws Exception {
        deployments.close();
    }

    @Test
    void everyOperationOfTheProto_hasARow() {
        Stream<String> calls = ProcessGroupServiceGrpc.getServiceDescriptor().getMethods().stream()
                .map(MethodDescriptor::getBareMethodName);
        Stream<String> requests = SessionRequest.getDescriptor().getOneofs().get(0).getFields().stream()
                .map(FieldDescriptor::getName);
        assertThat(Arrays.stream(Row.values()).map(row -> row.operation).distinct())
                .containsExactlyInAnyOrderElementsOf(Stream.concat(calls, requests)
                        .filter(operation -> !operation.equals("Session"))
                        .toList());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyCell_whereTokensAreAskedFor(Kind kind) {
        everyCell(kind + ", jwt", deployments.asking(kind), true);
    }

    @ParameterizedTest
    @EnumSource(names = {"MEMORY", "REDIS"})
    void everyCell_whereNobodyIsAsked(Kind kind) {
        everyCell(kind + ", none", List.of(deployments.unasking(kind)), false);
    }

    private static void everyCell(String name, List<NodeProcess> nodes, boolean asks) {
        long begun = System.nanoTime();
        try (RightsMatrix matrix = new RightsMatrix(nodes, asks)) {
            assertThat(matrix.run()).isEmpty();
            assertThat(matrix.cells()).isEqualTo(matrix.size());
            OnNodes.say(matrix.cells() + " cells of rights on " + name + " in "
                    + (System.nanoTime() - begun) / 1_000_000 + " ms");
        }
    }

    @Nested
    class Tenants extends TwoTenants {
        @Override
        Deployments deployments() {
            return deployments;
        }
    }
}
