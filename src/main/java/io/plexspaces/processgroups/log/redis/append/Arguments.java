package io.plexspaces.processgroups.log.redis.append;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.LeaveReason;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.redis.codec.Bodies;
import io.plexspaces.processgroups.log.redis.codec.Formats;
import io.plexspaces.processgroups.log.redis.codec.MetadataText;
import io.plexspaces.processgroups.log.redis.codec.Texts;
import io.plexspaces.processgroups.log.redis.codec.Times;
import java.util.ArrayList;
import java.util.List;

/** A change as append.lua takes it: kind, sequence, and what the head of that script lists for the kind. */
final class Arguments {
    private static final byte[] NONE = new byte[0];

    /** Instead of metadata: there are servers that know none, nor when joins began. */
    private static final byte[] UNKNOWN = {'-'};

    private Arguments() {}

    static List<byte[]> of(Command command, long sequence, int format) {
        if (command instanceof Command.Publish publish) {
            return publish(publish, sequence, format);
        }
        if (command instanceof Command.Join join) {
            return join(join, sequence, NONE, format);
        }
        if (command instanceof Command.Update update) {
            return List.of(
                    bytes("U"),
                    bytes(sequence),
                    bytes(update.actor().value()),
                    update.owner() == null ? NONE : bytes(Texts.owner(update.owner())),
                    bytes(MetadataText.of(update.metadata())));
        }
        if (command instanceof Command.TakeOver takeOver) {
            return List.of(
                    bytes("T"),
                    bytes(sequence),
                    bytes(takeOver.actor().value()),
                    bytes(Texts.owner(takeOver.owner())),
                    bytes(takeOver.node().value()));
        }
        if (command instanceof Command.Reach reach) {
            return reach(reach, sequence);
        }
        if (command instanceof Command.Evict evict) {
            return List.of(
                    bytes("E"),
                    bytes(sequence),
                    bytes(evict.actor().value()),
                    NONE,
                    bytes("1"),
                    bytes(LeaveReason.EVICTED.name()),
                    bytes(Times.micros(evict.ban())));
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

    private static List<byte[]> publish(Command.Publish publish, long sequence, int format) {
        byte[] weight = bytes(publish.message().weight());
        String idempotencyKey = publish.onceKey();
        if (publish.dispatch() instanceof Dispatch.AnyOf one) {
            return publishToOne(publish, one.candidates(), weight, sequence);
        }
        byte[] body = Bodies.encode(publish, format);
        return idempotencyKey.isEmpty()
                ? List.of(bytes("M"), bytes(sequence), weight, body)
                : List.of(bytes("P"), bytes(sequence), weight, body, bytes(idempotencyKey));
    }

    private static List<byte[]> publishToOne(
            Command.Publish publish, List<Dispatch.To> candidates, byte[] weight, long sequence) {
        Bodies.Open body = Bodies.encodeOpen(publish);
        ActorId excepted = publish.excepted();
        List<byte[]> all = new ArrayList<>(9 + 2 * candidates.size());
        all.add(bytes("O"));
        all.add(bytes(sequence));
        all.add(weight);
        all.add(body.head());
        all.add(body.tail());
        all.add(bytes(publish.onceKey()));
        all.add(publish.topic() == null ? NONE : bytes(publish.topic().value()));
        all.add(excepted == null ? NONE : bytes(excepted.value()));
        all.add(bytes(candidates.size()));
        for (Dispatch.To candidate : candidates) {
            all.add(bytes(candidate.actor().value()));
            all.add(bytes(candidate.joinedOffset()));
        }
        return all;
    }

    private static List<byte[]> reach(Command.Reach reach, long sequence) {
        List<byte[]> all = new ArrayList<>(4 + 2 * reach.holders().size());
        all.add(bytes("V"));
        all.add(bytes(sequence));
        all.add(bytes(reach.away() ? "1" : "0"));
        all.add(bytes(reach.holders().size()));
        for (Command.Reach.Holder holder : reach.holders()) {
            all.add(bytes(holder.actor().value()));
            all.add(bytes(Texts.owner(holder.owner())));
        }
        return all;
    }

    /** @param newcomers how many of the actors may become members */
    static List<byte[]> join(Command.Join join, long sequence, long newcomers, int format) {
        return join(join, sequence, bytes(newcomers), format);
    }

    private static List<byte[]> join(Command.Join join, long sequence, byte[] newcomers, int format) {
        List<byte[]> all = new ArrayList<>(9 + join.actors().size());
        all.add(bytes("J"));
        all.add(bytes(sequence));
        all.add(bytes(Texts.filter(join.filter())));
        all.add(bytes(Texts.owner(join.owner())));
        all.add(bytes(join.node().value()));
        all.add(join.ttl() == null ? NONE : bytes(Times.micros(join.ttl())));
        all.add(format < Formats.METADATA ? UNKNOWN : bytes(MetadataText.of(join.metadata())));
        all.add(newcomers);
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
