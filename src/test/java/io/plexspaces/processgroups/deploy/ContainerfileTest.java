package io.plexspaces.processgroups.deploy;

import static io.plexspaces.processgroups.deploy.Documents.DEPLOY;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be seen of the images without building them. */
class ContainerfileTest {
    private static List<String> instructions(String file) {
        String joined = Documents.text(DEPLOY.resolve(file))
                .replaceAll("(?m)^\\s*#.*\\n", "")
                .replaceAll("\\\\\\n", " ");
        return joined.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    private static Stream<String> of(List<String> instructions, String name) {
        return instructions.stream()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Containerfile.jvm", "Containerfile.native"})
    void whatIsCopied_isThere_andSentToTheBuilder(String file) {
        List<String> sent = Documents.text(Path.of(".dockerignore"))
                .lines()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();
        List<String> copied = new ArrayList<>();
        of(instructions(file), "COPY").filter(line -> !line.contains("--from=")).forEach(line -> {
            List<String> words = Arrays.stream(line.split(" "))
                    .filter(word -> !word.startsWith("--"))
                    .toList();
            copied.addAll(words.subList(0, words.size() - 1));
        });

        assertThat(copied)
                .contains("pom.xml", "mvnw", ".mvn", "src/main")
                .allSatisfy(path -> assertThat(Files.exists(Path.of(path))).isTrue())
                .isSubsetOf(sent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Containerfile.jvm", "Containerfile.native"})
    void server_isNoRoot_andListensForOthers(String file) {
        List<String> all = instructions(file);
        List<String> last = all.subList(
                all.lastIndexOf(of(all, "FROM")
                        .reduce((first, second) -> "FROM " + second)
                        .orElseThrow()),
                all.size());

        assertThat(of(last, "USER")).containsExactly("10001:10001");
        assertThat(of(last, "EXPOSE"))
                .containsExactly(Service.httpPort() + " " + Service.grpcPort() + " " + Service.managementPort());
        assertThat(of(last, "ENV"))
                .singleElement()
                .asString()
                .contains("QUARKUS_HTTP_HOST=0.0.0.0", "PROCESSGROUPS_MANAGEMENT_HOST=0.0.0.0");
        assertThat(of(last, "ENTRYPOINT"))
                .singleElement()
                .asString()
                .as("no shell")
                .startsWith("[");
        for (String variable : of(last, "ENV").findFirst().orElseThrow().split("\\s+")) {
            assertThat(Service.variables()).contains(variable.substring(0, variable.indexOf('=')));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "Containerfile.jvm")
    void cache_isTrainedWithTheOptionsItIsUsedWith(String file) {
        List<String> all = instructions(file);
        String options = "@/opt/processgroups/jvm.options";

        assertThat(of(all, "RUN").filter(line -> line.contains("aot/train")))
                .singleElement()
                .asString()
                .as("whatever memory the builder has")
                .contains(
                        "JAVA_OPTS=\"" + options + " -Xms512m -Xmx512m\"",
                        "/opt/processgroups/app /opt/processgroups/app.aot");
        assertThat(of(all, "ENTRYPOINT"))
                .singleElement()
                .asString()
                .contains(options, "-XX:AOTCache=/opt/processgroups/app.aot", "/opt/processgroups/app/quarkus-run.jar");
    }
}
