package io.plexspaces.processgroups;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.MessageLiteOrBuilder;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutorGroup;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.Buffer;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What breaks a native executable, as far as it can be seen in class files: classes are initialized when it is built,
 * and what they hold then is part of it; what is found by name must be registered.
 */
class NativeImageTest {
    /** Wherever a build or an editor compiles tests to. */
    private static final ImportOption NOT_BESIDE_THIS = location -> !location.contains(NativeImageTest.class
            .getProtectionDomain()
            .getCodeSource()
            .getLocation()
            .getPath());

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(NOT_BESIDE_THIS)
            .importPackages("io.plexspaces.processgroups");

    /** Belong to one process: native memory, threads, sockets, seeds, addresses of the machine of the build. */
    private static final List<Class<?>> OF_ONE_PROCESS = List.of(
            ByteBuf.class,
            Buffer.class,
            Random.class,
            Thread.class,
            ThreadLocal.class,
            Executor.class,
            EventExecutorGroup.class,
            Channel.class,
            Closeable.class,
            InetAddress.class);

    /** Its registration stands at {@code ProcessGroupsConfig}. */
    private static final String REFLECTING = "io.plexspaces.processgroups.app.ConfigKey";

    @Test
    void staticFields_holdNothingOfOneProcess() {
        noFields()
                .that()
                .areStatic()
                .should()
                .haveRawType(DescribedPredicate.describe("of one process", (JavaClass type) -> OF_ONE_PROCESS.stream()
                        .anyMatch(type::isAssignableTo)))
                .check(MAIN);
    }

    @Test
    void reflection_isUsedWhereItIsRegisteredAlone() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(REFLECTING)
                .and()
                .resideOutsideOfPackage("..proto..")
                .should()
                .callMethodWhere(target(owner(nameMatching("java\\.lang\\.reflect\\..*"))))
                .orShould()
                .callMethodWhere(target(owner(nameMatching("java\\.lang\\.Class")))
                        .and(target(nameMatching(
                                "forName|newInstance|get(Declared)?(Method|Field|Constructor|RecordComponent)s?"))))
                .check(MAIN);
    }

    /** Our own messages are registered by the platform; a call that packs another into {@code Any} would hang. */
    @Test
    void messagesOfLibraries_areRegisteredWhereTheyArePacked() {
        List<JavaClass> packing = MAIN.stream()
                .filter(type -> !type.getPackageName().contains(".proto."))
                .filter(type -> type.getMethodCallsFromSelf().stream()
                        .anyMatch(call -> call.getTargetOwner().isEquivalentTo(Any.class)
                                && call.getName().equals("pack")))
                .toList();

        assertThat(packing).isNotEmpty().allSatisfy(type -> {
            Set<String> registered = Stream.of(type.reflect()
                            .getAnnotation(RegisterForReflection.class)
                            .targets())
                    .map(Class::getName)
                    .collect(Collectors.toSet());
            assertThat(type.getDirectDependenciesFromSelf().stream()
                            .map(Dependency::getTargetClass)
                            .filter(used -> used.isAssignableTo(MessageLiteOrBuilder.class))
                            .map(JavaClass::getName)
                            .filter(name -> name.startsWith("com.google.") && !name.endsWith("OrBuilder"))
                            .filter(name -> !name.startsWith("com.google.protobuf.GeneratedMessage"))
                            .filter(name -> !name.startsWith("com.google.protobuf.Message")
                                    && !name.startsWith("com.google.protobuf.AbstractMessage")))
                    .as(type.getName())
                    .isNotEmpty()
                    .isSubsetOf(registered);
        });
    }

    @Test
    void resources_areAllPartOfIt() throws IOException {
        Path resources = Path.of("src/main/resources");
        Properties properties = new Properties();
        try (InputStream file = Files.newInputStream(resources.resolve("application.properties"))) {
            properties.load(file);
        }
        List<PathMatcher> included = Stream.of(properties
                        .getProperty("quarkus.native.resources.includes")
                        .split(","))
                .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
                .toList();
        try (Stream<Path> files = Files.walk(resources)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(resources::relativize)
                            // The platform reads the one, and includes the other by itself; nobody reads a page for
                            // people.
                            .filter(file -> !file.startsWith("META-INF")
                                    && !file.endsWith("application.properties")
                                    && !file.endsWith("README.md")))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(included).anyMatch(matcher -> matcher.matches(file)));
        }
    }
}
