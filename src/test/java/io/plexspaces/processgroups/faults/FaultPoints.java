package io.plexspaces.processgroups.faults;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.agent.builder.ResettableClassFileTransformer;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.matcher.ElementMatchers;

/** Callbacks and tasks, by type and method: {@code core.group.LogFollower#joined} below the base package. */
public final class FaultPoints {
    private static final String BASE = "io.plexspaces.processgroups.";

    /** Type and method of a point, as {@link Faults} knows it. */
    @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
    @interface Point {}

    private FaultPoints() {}

    /** In this process, until it is closed. */
    public static AutoCloseable install(List<String> points) {
        // A type that is first loaded while another one is transformed would be left as it is.
        points.forEach(FaultPoints::exists);
        Instrumentation instrumentation = ByteBuddyAgent.install();
        ResettableClassFileTransformer transformer = install(instrumentation, points);
        return () -> {
            Faults.disarm();
            transformer.reset(instrumentation, AgentBuilder.RedefinitionStrategy.RETRANSFORMATION);
        };
    }

    static ResettableClassFileTransformer install(Instrumentation instrumentation, List<String> points) {
        Map<String, Set<String>> methods = points.stream()
                .collect(Collectors.groupingBy(
                        point -> BASE + type(point), Collectors.mapping(FaultPoints::method, Collectors.toSet())));
        return new AgentBuilder.Default()
                .disableClassFormatChanges()
                .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
                .type(ElementMatchers.namedOneOf(methods.keySet().toArray(new String[0])))
                .transform((builder, type, loader, module, domain) -> {
                    var visited = builder;
                    for (String method : methods.get(type.getName())) {
                        visited = visited.visit(Advice.withCustomMapping()
                                .bind(Point.class, type.getName().substring(BASE.length()) + "#" + method)
                                .to(Throwing.class)
                                .on(ElementMatchers.named(method)
                                        .and(ElementMatchers.not(ElementMatchers.isAbstract()))));
                    }
                    return visited;
                })
                .installOn(instrumentation);
    }

    /** Points that are no methods of the product any more. */
    public static List<String> missing(List<String> points) {
        return points.stream().filter(point -> !exists(point)).toList();
    }

    private static boolean exists(String point) {
        try {
            Class<?> type = Class.forName(BASE + type(point), false, FaultPoints.class.getClassLoader());
            return Arrays.stream(type.getDeclaredMethods()).map(Method::getName).anyMatch(method(point)::equals);
        } catch (ClassNotFoundException gone) {
            return false;
        }
    }

    private static String type(String point) {
        return point.substring(0, point.indexOf('#'));
    }

    private static String method(String point) {
        return point.substring(point.indexOf('#') + 1);
    }

    /** Copied to the beginning of each method. */
    static final class Throwing {
        private Throwing() {}

        @Advice.OnMethodEnter
        static void enter(@Point String point) {
            Faults.enter(point);
        }
    }
}
