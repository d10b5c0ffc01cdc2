package io.plexspaces.processgroups.log.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.redis.codec.Bodies;
import io.plexspaces.processgroups.log.redis.codec.Texts;
import io.plexspaces.processgroups.log.redis.codec.Times;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A change as append.lua takes it: kind, sequence, and what the head of that script lists for the kind. */
final class Arguments {
    private static final byte[] NONE = new byte[0];

    private Arguments() {}

    static List<byte[]> of(Command command, long sequence) {
        if (command instanceof Command.Publish publish) {
            return publish(publish, sequence);
        }
        if (command instanceof Command.Join join) {
            return join(join, sequence);
        }
        if (command instanceof Command.TakeOver takeOver) {
            return List.of(
                    bytes("T"),
                    bytes(sequence),
                    bytes(takeOver.actor().value()),
                    bytes(Texts.owner(takeOver.owner())),
                    bytes(takeOver.node().value()));
        }
        if (command instanceof Command.Leave leave) {
            return List.of(
                    bytes("L"),
                    bytes(sequence),
                    bytes(leave.actor().value()),
                    leave.owner() == null ? NONE : bytes(Texts.owner(leave.owner())),
                    bytes(leave.all() ? "1" : "0"),
                    bytes(leave.reason().name()));
        }
        if (command instanceof Command.Renew renew) {
            return List.of(
                    bytes("R"),
                    bytes(sequence),
                    bytes(renew.actor().value()),
                    renew.leaseId() == null ? NONE : bytes(Texts.lease(renew.leaseId())),
                    renew.ttl() == null ? NONE : bytes(Times.micros(renew.ttl())));
        }
        throw new IllegalArgumentException("not a change inside a group: " + command);
    }

    private static List<byte[]> publish(Command.Publish publish, long sequence) {
        byte[] weight = bytes(publish.message().weight());
        byte[] body = Bodies.encode(publish);
        String idempotencyKey = publish.message().idempotencyKey();
        Dispatch.@Nullable To to = publish.dispatch() instanceof Dispatch.To one ? one : null;
        if (to == null && idempotencyKey.isEmpty()) {
            return List.of(bytes("M"), bytes(sequence), weight, body);
        }
        return List.of(
                bytes("P"),
                bytes(sequence),
                weight,
                body,
                to == null ? NONE : bytes(to.actor().value()),
                to == null ? NONE : bytes(to.joinedOffset()),
                bytes(idempotencyKey));
    }

    private static List<byte[]> join(Command.Join join, long sequence) {
        List<byte[]> all = new ArrayList<>(7 + join.actors().size());
        all.add(bytes("J"));
        all.add(bytes(sequence));
        all.add(bytes(Texts.filter(join.filter())));
        all.add(bytes(Texts.owner(join.owner())));
        all.add(bytes(join.node().value()));
        all.add(join.ttl() == null ? NONE : bytes(Times.micros(join.ttl())));
        all.add(bytes(join.actors().size()));
        join.actors().forEach(actor -> all.add(bytes(actor.value())));
        return all;
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static byte[] bytes(long number) {
        return bytes(Long.toString(number));
    }
}
