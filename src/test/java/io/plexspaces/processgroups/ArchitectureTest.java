package io.plexspaces.processgroups;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds the packages to the table of rooms: each may use only what its row lists, and nothing uses {@code app}.
 *
 * <p>One file, as the table and what is said beside it are read together.
 */
class ArchitectureTest {
    private static final String BASE = "io.plexspaces.processgroups";

    /** Room to the rooms it may use. A room of its own is each package that is a key here. */
    private static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            Map.entry("domain", List.of()),
            Map.entry("access", List.of("domain")),
            Map.entry("quota", List.of("domain")),
            Map.entry("tasks", List.of("domain")),
            Map.entry("tls", List.of()),
            Map.entry("token", List.of("tasks", "domain")),
            Map.entry("authentication", List.of("access", "token", "domain")),
            Map.entry("log", List.of("domain")),
            Map.entry("log.memory", List.of("log", "domain")),
            Map.entry(
                    "log.redis",
                    List.of(
                            "log.redis.reading",
                            "log.redis.node",
                            "log.redis.index",
                            "log.redis.append",
                            "log.redis.store",
                            "log.redis.codec",
                            "log.redis.connection",
                            "log",
                            "tasks",
                            "domain")),
            Map.entry("log.redis.reading", aboveRedisStore("log.redis.index")),
            Map.entry("log.redis.node", aboveRedisStore("log.redis.index")),
            Map.entry("log.redis.index", aboveRedisStore("log.redis.append")),
            Map.entry("log.redis.append", aboveRedisStore()),
            Map.entry("log.redis.store", List.of("log.redis.codec", "log.redis.connection", "log", "tasks", "domain")),
            Map.entry("log.redis.codec", List.of("log", "domain")),
            Map.entry("log.redis.connection", List.of("log", "tasks", "domain")),
            Map.entry("core.delivery", List.of("domain")),
            Map.entry("core", List.of("core.delivery", "log", "domain")),
            Map.entry("core.replica", List.of("log", "domain")),
            Map.entry("core.members", List.of("core", "core.delivery", "log", "domain")),
            Map.entry(
                    "core.publish", List.of("core.members", "core.replica", "core", "core.delivery", "log", "domain")),
            Map.entry("core.joins", List.of("core.members", "core.replica", "core", "core.delivery", "log", "domain")),
            Map.entry(
                    "core.asks",
                    List.of("core.members", "core.replica", "core", "core.delivery", "log", "tasks", "domain")),
            Map.entry(
                    "core.group",
                    List.of(
                            "core.asks",
                            "core.publish",
                            "core.joins",
                            "core.members",
                            "core.replica",
                            "core",
                            "core.delivery",
                            "log",
                            "tasks",
                            "domain")),
            Map.entry("core.node", List.of("core.session", "core", "log", "tasks", "domain")),
            Map.entry(
                    "core.session",
                    List.of("core.group", "core.members", "core", "core.delivery", "log", "tasks", "domain")),
            Map.entry(
                    "api",
                    List.of(
                            "authentication",
                            "access",
                            "quota",
                            "core.session",
                            "core",
                            "core.delivery",
                            "log",
                            "tasks",
                            "domain",
                            "proto.v1")),
            Map.entry("api.http", List.of("api")),
            Map.entry("api.grpc.transport", List.of("api", "core.delivery", "domain")),
            Map.entry(
                    "api.grpc",
                    List.of(
                            "api.grpc.transport",
                            "api",
                            "authentication",
                            "access",
                            "core.session",
                            "core",
                            "core.delivery",
                            "log",
                            "tasks",
                            "domain",
                            "proto.v1")),
            Map.entry("api.format", List.of("api", "core.delivery", "domain", "proto.v1")),
            Map.entry(
                    "api.http.call",
                    List.of(
                            "api.http",
                            "api.format",
                            "api",
                            "authentication",
                            "access",
                            "core",
                            "core.delivery",
                            "domain")),
            Map.entry(
                    "api.http.stream",
                    List.of(
                            "api.http.call",
                            "api.http",
                            "api.format",
                            "api",
                            "access",
                            "core.session",
                            "core",
                            "core.delivery",
                            "tasks",
                            "domain",
                            "proto.v1")),
            Map.entry(
                    "api.http.connect",
                    List.of("api.http.stream", "api.http.call", "api.format", "api", "core", "domain", "proto.v1")),
            Map.entry(
                    "api.http.rest",
                    List.of("api.http.stream", "api.http.call", "api.format", "api", "core", "domain", "proto.v1")),
            Map.entry(
                    "api.websocket.format",
                    List.of("api.format", "api", "core", "core.delivery", "domain", "proto.v1")),
            Map.entry(
                    "api.websocket",
                    List.of(
                            "api.websocket.format",
                            "api.format",
                            "api.http",
                            "api",
                            "authentication",
                            "access",
                            "core.session",
                            "core",
                            "core.delivery",
                            "log",
                            "tasks",
                            "domain",
                            "proto.v1")),
            Map.entry(
                    "observe", List.of("authentication", "access", "quota", "core", "core.delivery", "log", "domain")),
            Map.entry("cli.client", List.of()),
            Map.entry("cli.terminal", List.of("cli.client")),
            Map.entry("cli.context", List.of("cli.client")),
            Map.entry("cli.options", List.of("cli.context", "cli.terminal", "cli.client")),
            Map.entry("cli.groups", command()),
            Map.entry("cli.messages", command()),
            Map.entry("cli.measure", command()),
            Map.entry("cli.setup", command()),
            Map.entry(
                    "cli",
                    List.of(
                            "cli.groups",
                            "cli.messages",
                            "cli.measure",
                            "cli.setup",
                            "cli.options",
                            "cli.terminal",
                            "cli.client")),
            Map.entry("proto.v1", List.of()));

    private static List<String> command() {
        return List.of("cli.options", "cli.context", "cli.terminal", "cli.client");
    }

    private static List<String> aboveRedisStore(String... others) {
        return Stream.concat(
                        Stream.of(others),
                        Stream.of(
                                "log.redis.store", "log.redis.codec", "log.redis.connection", "log", "tasks", "domain"))
                .toList();
    }

    private static final int MOST_IN_A_CIRCLE = 4;

    private static final DescribedPredicate<JavaClass> RECORDS =
            DescribedPredicate.describe("records", JavaClass::isRecord);

    /** Wherever a build or an editor compiles tests to. */
    private static final ImportOption NOT_BESIDE_THIS = location -> !location.contains(ArchitectureTest.class
            .getProtectionDomain()
            .getCodeSource()
            .getLocation()
            .getPath());

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(NOT_BESIDE_THIS)
            .importPackages(BASE);

    @TestFactory
    Stream<DynamicTest> rooms_useOnlyWhatTheirRowLists() {
        return MAY_USE.entrySet().stream()
                .map(row -> DynamicTest.dynamicTest(
                        row.getKey(), () -> rule(row.getKey(), row.getValue()).check(MAIN)));
    }

    /**
     * Types that know each other in a circle can only be understood together: more than a few are a knot that no
     * package shows.
     */
    @ParameterizedTest
    @ValueSource(strings = {"core", "log.redis", "cli"})
    void types_knowEachOtherInSmallCirclesAlone(String room) {
        List<Set<String>> large = Circles.of(known(room)).stream()
                .filter(circle -> circle.size() > MOST_IN_A_CIRCLE)
                .toList();

        assertThat(large).isEmpty();
    }

    /** Each type of a room with the other types of the room it uses; what is nested counts as what it is nested in. */
    private static Map<String, Set<String>> known(String room) {
        return MAIN.stream()
                .filter(type -> isIn(type, room))
                .collect(Collectors.groupingBy(
                        ArchitectureTest::outermost,
                        Collectors.flatMapping(
                                type -> type.getDirectDependenciesFromSelf().stream()
                                        .map(Dependency::getTargetClass)
                                        .filter(target -> isIn(target, room))
                                        .map(ArchitectureTest::outermost)
                                        .filter(target -> !target.equals(outermost(type))),
                                Collectors.toCollection(TreeSet::new))));
    }

    private static boolean isIn(JavaClass type, String room) {
        String name = type.getPackageName();
        return (name + ".").startsWith(BASE + "." + room + ".") && !name.equals(BASE + ".core.delivery");
    }

    private static String outermost(JavaClass type) {
        String name = type.getName();
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    @Test
    void packages_areAllInTheTable() {
        Set<String> packages = MAIN.stream()
                .map(JavaClass::getPackageName)
                .map(name -> name.substring(BASE.length() + 1))
                .collect(Collectors.toCollection(TreeSet::new));
        packages.remove("app");

        assertThat(MAY_USE.keySet()).containsAll(packages);
    }

    /** What a command loads before it does anything is time that its user waits. */
    @Test
    void commands_useNoLibraryThatStartsSlowly() {
        classes()
                .that()
                .resideInAPackage(BASE + ".cli..")
                .and()
                .doNotHaveSimpleName("Main")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        BASE + ".cli..",
                        "java..",
                        "javax.crypto..",
                        "javax.net..",
                        "sun.misc",
                        "org.jspecify.annotations",
                        "picocli..",
                        "com.fasterxml.jackson.core..",
                        "com.google.rpc..",
                        "com.google.protobuf.."))
                .check(MAIN);
    }

    @Test
    void domain_usesTheJdkAlone() {
        classes()
                .that()
                .resideInAPackage(BASE + ".domain")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(BASE + ".domain", "java..", "org.jspecify.annotations"))
                .check(MAIN);
    }

    @Test
    void access_usesTheDomainAndTheJdkAlone() {
        classes()
                .that()
                .resideInAPackage(BASE + ".access")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(BASE + ".access", BASE + ".domain", "java..", "org.jspecify.annotations"))
                .check(MAIN);
    }

    @Test
    void log_usesMutinyAndNoOtherLibrary() {
        classes()
                .that()
                .resideInAnyPackage(BASE + ".log", BASE + ".log.memory")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        BASE + ".log..",
                        BASE + ".domain",
                        "java..",
                        "org.jspecify.annotations",
                        "io.smallrye.mutiny.."))
                .check(MAIN);
    }

    /** What is checked with it decides who is let in: one place to look at. */
    @Test
    void jose4j_isUsedByTheTokensRoomAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage(BASE + ".token")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.jose4j..")
                .check(MAIN);
    }

    @Test
    void token_usesJose4jAndNoOtherLibrary() {
        classes()
                .that()
                .resideInAPackage(BASE + ".token")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        BASE + ".token",
                        BASE + ".tasks",
                        BASE + ".domain",
                        "java..",
                        "javax.crypto..",
                        "org.jspecify.annotations",
                        "org.jose4j.."))
                .check(MAIN);
    }

    @Test
    void authentication_usesNoLibrary() {
        classes()
                .that()
                .resideInAPackage(BASE + ".authentication")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(BASE + "..", "java..", "org.jspecify.annotations"))
                .check(MAIN);
    }

    @Test
    void core_knowsNoStoreNoWireAndNoFramework() {
        noClasses()
                .that()
                .resideInAPackage(BASE + ".core..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.vertx..",
                        "io.netty..",
                        "io.grpc..",
                        "com.google.protobuf..",
                        "io.quarkus..",
                        "jakarta..",
                        "io.micrometer..",
                        "io.opentelemetry..",
                        BASE + ".log.memory..",
                        BASE + ".log.redis..",
                        BASE + ".proto..")
                .check(MAIN);
    }

    /** The inbound interface hands pages and slices of the log through; writing and reading it is the core's alone. */
    @Test
    void edges_useOnlyTheLogsValues() {
        noClasses()
                .that()
                .resideInAnyPackage(BASE + ".api..", BASE + ".observe")
                .should()
                .dependOnClassesThat(resideInAPackage(BASE + ".log").and(DescribedPredicate.not(RECORDS)))
                .check(MAIN);
    }

    @Test
    void rooms_haveNoCycles() {
        slices().matching(BASE + ".(**)").should().beFreeOfCycles().check(MAIN);
    }

    private static ArchRule rule(String room, List<String> allowed) {
        String[] packages = Stream.concat(Stream.of(room), allowed.stream())
                .map(name -> BASE + "." + name)
                .toArray(String[]::new);
        DescribedPredicate<JavaClass> elsewhere = DescribedPredicate.not(resideInAPackage(BASE + ".."));
        return classes()
                .that()
                .resideInAPackage(BASE + "." + room)
                .should()
                .onlyDependOnClassesThat(elsewhere.or(resideInAnyPackage(packages)))
                .allowEmptyShould(true);
    }
}
