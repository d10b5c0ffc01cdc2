package io.plexspaces.processgroups.log.redis.codec;

import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.Dispatch;
import io.plexspaces.processgroups.domain.Message;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.log.Command;
import io.plexspaces.processgroups.log.Letter;
import io.plexspaces.processgroups.log.NodeMail;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Letters of one node to another: each after its length, so that a server passes over what it does not know, at the end
 * of a letter and in all. Nothing of it is stored.
 */
public final class Letters {
    private static final int REPLY = 1;
    private static final int RECEIPT = 2;

    private Letters() {}

    /** To be put behind others. */
    public static byte[] encode(Letter letter) {
        ByteWriter writer = new ByteWriter(letter.weight());
        if (letter instanceof Letter.Reply reply) {
            Command.Publish message = new Command.Publish(reply.message(), null, Dispatch.ALL, false);
            writer.number(REPLY)
                    .text(reply.from().node().value())
                    .number(reply.from().run())
                    .number(reply.number())
                    .number(reply.ask())
                    .number(reply.offset())
                    .text(reply.actor().value())
                    .bytes(Bytes.wrap(Bodies.encode(message, Formats.FIRST)));
        } else if (letter instanceof Letter.Receipt receipt) {
            writer.number(RECEIPT).number(receipt.number()).number(number(receipt.outcome()));
        }
        byte[] bytes = writer.toBytes();
        return new ByteWriter(bytes.length + 5).bytes(Bytes.wrap(bytes)).toBytes();
    }

    /**
     * Those that this server knows.
     *
     * @throws UnreadableException when it is not even known where they begin
     */
    public static List<Letter> decode(byte[] bytes) {
        List<Letter> letters = new ArrayList<>();
        try {
            ByteReader reader = new ByteReader(bytes, 0, bytes.length);
            while (!reader.isAtEnd()) {
                byte[] one = reader.bytes().array();
                Letter letter = letter(new ByteReader(one, 0, one.length));
                if (letter != null) {
                    letters.add(letter);
                }
            }
        } catch (RuntimeException damaged) {
            throw new UnreadableException("letters of a node", damaged);
        }
        return letters;
    }

    /** Null: a newer server wrote it. */
    private static @Nullable Letter letter(ByteReader reader) {
        int kind = reader.integer();
        if (kind == REPLY) {
            NodeMail.Address from = new NodeMail.Address(new NodeId(reader.text()), reader.number());
            return new Letter.Reply(
                    from,
                    reader.number(),
                    reader.number(),
                    reader.number(),
                    new ActorId(reader.text()),
                    message(reader.bytes().array()));
        }
        if (kind == RECEIPT) {
            long number = reader.number();
            Letter.Outcome outcome = outcome(reader.integer());
            return outcome == null ? null : new Letter.Receipt(number, outcome);
        }
        return null;
    }

    private static Message message(byte[] body) {
        return Bodies.decode(new ByteReader(body, 0, body.length)).message();
    }

    private static int number(Letter.Outcome outcome) {
        return switch (outcome) {
            case TAKEN -> 1;
            case DUPLICATE -> 2;
            case OVER -> 3;
            case NOT_ASKED -> 4;
            case OVERLOADED -> 5;
        };
    }

    /** Null: a newer server wrote it. */
    private static Letter.@Nullable Outcome outcome(int number) {
        return switch (number) {
            case 1 -> Letter.Outcome.TAKEN;
            case 2 -> Letter.Outcome.DUPLICATE;
            case 3 -> Letter.Outcome.OVER;
            case 4 -> Letter.Outcome.NOT_ASKED;
            case 5 -> Letter.Outcome.OVERLOADED;
            default -> null;
        };
    }
}
