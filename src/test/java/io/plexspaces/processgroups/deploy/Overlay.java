package io.plexspaces.processgroups.deploy;

import static io.plexspaces.processgroups.deploy.Documents.each;
import static io.plexspaces.processgroups.deploy.Documents.texts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The resources of an overlay, put together as kustomize does it, as far as the files here need it: resources,
 * components, strategic patches that name their target, and images. Anything else in a kustomization is an error.
 */
public final class Overlay {
    private static final Set<String> KNOWN =
            Set.of("apiVersion", "kind", "resources", "components", "patches", "images", "configMapGenerator");

    /** Lists of objects that are merged by one of their fields; other lists are replaced. */
    private static final Map<String, String> MERGED_BY =
            Map.of("containers", "name", "env", "name", "volumes", "name", "volumeMounts", "mountPath");

    private final List<ObjectNode> resources = new ArrayList<>();
    private final Set<Path> used = new HashSet<>();

    private Overlay() {}

    /** All overlays there are, by their folders' names. */
    static Stream<String> names() {
        try (Stream<Path> folders = Files.list(root())) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream();
        } catch (java.io.IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    /** @param components by their folders' names, as an operator may add them */
    static Overlay of(String name, String... components) {
        Overlay overlay = new Overlay();
        overlay.read(root().resolve(name));
        for (String component : components) {
            overlay.read(root().resolveSibling("components").resolve(component));
        }
        return overlay;
    }

    private static Path root() {
        return Documents.DEPLOY.resolve("kubernetes").resolve("overlays");
    }

    private void read(Path folder) {
        Path file = use(folder.resolve("kustomization.yaml"));
        JsonNode kustomization = Documents.only(file);
        kustomization.fieldNames().forEachRemaining(field -> {
            if (!KNOWN.contains(field)) {
                throw new AssertionError(file + " has " + field + ", which is not understood here");
            }
        });
        for (String path : texts(kustomization.path("resources"))) {
            Path resource = folder.resolve(path).normalize();
            if (Files.isDirectory(resource)) {
                read(resource);
            } else {
                Documents.all(use(resource)).forEach(document -> resources.add((ObjectNode) document));
            }
        }
        texts(kustomization.path("components"))
                .forEach(path -> read(folder.resolve(path).normalize()));
        each(kustomization.path("configMapGenerator"))
                .flatMap(generator -> texts(generator.path("files")).stream())
                .forEach(entry -> use(folder.resolve(entry.substring(entry.indexOf('=') + 1))));
        each(kustomization.path("patches"))
                .forEach(patch -> apply((ObjectNode)
                        Documents.only(use(folder.resolve(patch.path("path").asText())))));
        each(kustomization.path("images")).forEach(this::rename);
    }

    private Path use(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new AssertionError(file + " is named and not there");
        }
        used.add(file.normalize());
        return file;
    }

    private void apply(ObjectNode patch) {
        ObjectNode target = resources.stream()
                .filter(resource -> id(resource).equals(id(patch)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("a patch has no target: " + id(patch)));
        merge(target, patch);
    }

    static String id(JsonNode resource) {
        return resource.path("apiVersion").asText() + " "
                + resource.path("kind").asText() + " "
                + resource.at("/metadata/namespace").asText() + "/"
                + resource.at("/metadata/name").asText();
    }

    private static void merge(ObjectNode into, ObjectNode patch) {
        patch.properties().forEach(field -> {
            JsonNode present = into.get(field.getKey());
            if (present instanceof ObjectNode object && field.getValue() instanceof ObjectNode change) {
                merge(object, change);
            } else if (present instanceof ArrayNode list && MERGED_BY.containsKey(field.getKey())) {
                mergeElements(list, field.getValue(), MERGED_BY.get(field.getKey()));
            } else {
                into.set(field.getKey(), field.getValue());
            }
        });
    }

    private static void mergeElements(ArrayNode into, JsonNode patch, String key) {
        for (JsonNode change : patch) {
            each(into)
                    .filter(present -> present.path(key).equals(change.path(key)))
                    .findFirst()
                    .ifPresentOrElse(
                            present -> merge((ObjectNode) present, (ObjectNode) change), () -> into.add(change));
        }
    }

    private void rename(JsonNode image) {
        for (JsonNode workload : all("StatefulSet")) {
            each(workload.at("/spec/template/spec/containers"))
                    .filter(container -> container.path("image").equals(image.path("name")))
                    .forEach(container -> ((ObjectNode) container)
                            .put(
                                    "image",
                                    image.path("name").asText() + ":"
                                            + image.path("newTag").asText()));
        }
    }

    /** Files that were read. */
    Set<Path> used() {
        return used;
    }

    List<ObjectNode> all() {
        return resources;
    }

    /** All of a kind. */
    List<ObjectNode> all(String kind) {
        return resources.stream()
                .filter(resource -> resource.path("kind").asText().equals(kind))
                .toList();
    }

    /** The one of a kind and name. */
    ObjectNode one(String kind, String name) {
        return all(kind).stream()
                .filter(resource -> resource.at("/metadata/name").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
    }

    /** Those that run pods. */
    List<ObjectNode> workloads() {
        return Stream.concat(all("StatefulSet").stream(), all("Job").stream()).toList();
    }

    /** The container of the service. */
    public JsonNode server() {
        return one("StatefulSet", "processgroups").at("/spec/template/spec/containers/0");
    }
}
