package io.plexspaces.processgroups;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples fit the API as it is now: they are compiled when they are run, and no sooner. */
class ExamplesTest {
    @TempDir
    Path classes;

    @ParameterizedTest
    @ValueSource(strings = {"Tab.java", "Workers.java"})
    void example_isCompiled(String file) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        boolean compiled = compiler.getTask(
                        complaints,
                        null,
                        null,
                        List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path")),
                        null,
                        compiler.getStandardFileManager(null, null, null).getJavaFileObjects(Path.of("examples", file)))
                .call();

        assertThat(compiled).as("%s", complaints).isTrue();
    }
}
