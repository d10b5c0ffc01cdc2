package io.plexspaces.processgroups.log;

import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.GroupInfo;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a reader of one namespace receives, and rebuilds from it which groups there are. */
final class NamespaceRecorder implements NamespaceReader {
    final List<String> told = new CopyOnWriteArrayList<>();
    private final Map<String, String> epochs = new ConcurrentSkipListMap<>();

    @Override
    public void snapshot(List<GroupInfo> groups) {
        epochs.clear();
        groups.forEach(group -> epochs.put(group.id().name(), group.epoch()));
        told.add("snapshot " + groups.stream().map(group -> group.id().name()).toList());
    }

    @Override
    public void created(GroupInfo group) {
        epochs.put(group.id().name(), group.epoch());
        told.add("created " + group.id().name());
    }

    @Override
    public void deleted(GroupInfo group) {
        epochs.remove(group.id().name(), group.epoch());
        told.add("deleted " + group.id().name());
    }

    @Override
    public void failed(GroupException cause) {
        told.add("failed " + cause.code());
    }

    /** Epochs by name. */
    Map<String, String> groups() {
        return Map.copyOf(epochs);
    }

    void awaitTold(String... lines) {
        await().atMost(Duration.ofSeconds(20)).until(() -> told.equals(List.of(lines)));
    }
}
