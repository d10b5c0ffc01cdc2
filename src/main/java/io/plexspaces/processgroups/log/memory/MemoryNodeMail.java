package io.plexspaces.processgroups.log.memory;

import io.plexspaces.processgroups.log.Letter;
import io.plexspaces.processgroups.log.NodeMail;
import io.plexspaces.processgroups.log.SerialQueue;
import io.smallrye.mutiny.Uni;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Letters between the nodes of one process, read on the threads of their writers. */
public final class MemoryNodeMail implements NodeMail {
    private final Map<Address, Box> boxes = new ConcurrentHashMap<>(2);

    private record Box(SerialQueue turns, Consumer<Letter> reader) {}

    @Override
    public Uni<Void> receive(Address own, Consumer<Letter> reader) {
        return Uni.createFrom().voidItem().invoke(() -> boxes.put(own, new Box(new SerialQueue(), reader)));
    }

    @Override
    public Uni<Boolean> send(Address to, Letter letter) {
        return Uni.createFrom().item(() -> {
            Box box = boxes.get(to);
            if (box != null) {
                box.turns().execute(() -> box.reader().accept(letter));
            }
            return box != null;
        });
    }
}
