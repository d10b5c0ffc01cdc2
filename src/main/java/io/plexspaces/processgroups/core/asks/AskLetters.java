package io.plexspaces.processgroups.core.asks;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.domain.Asker;
import io.plexspaces.processgroups.log.Letter;
import io.plexspaces.processgroups.log.NodeMail;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Replies to askers on other nodes, and those that come from there; with their receipts. Thread-safe. */
final class AskLetters {
    private static final System.Logger LOG = System.getLogger(AskLetters.class.getName());

    /** Of replies that come before the message they reply to is read here. */
    private static final int MOST_EARLY = 16 * 1024 * 1024;

    private final NodeMail mail;
    private final NodeMail.Address address;
    private final Receipts receipts;
    private final Consumer<Letter.Reply> reader;
    private final AtomicLong early = new AtomicLong();
    private volatile boolean listens;

    /** @param reader of the replies that come */
    AskLetters(NodeMail mail, NodeMail.Address address, LongSupplier nanos, Consumer<Letter.Reply> reader) {
        this.mail = mail;
        this.address = address;
        this.receipts = new Receipts(mail, nanos);
        this.reader = reader;
    }

    /** Letters come to this node from when this completes. */
    Uni<Void> listening() {
        return listens
                ? Uni.createFrom().voidItem()
                : mail.receive(address, this::read).invoke(() -> listens = true);
    }

    private void read(Letter letter) {
        if (letter instanceof Letter.Receipt receipt) {
            receipts.received(receipt);
        } else if (letter instanceof Letter.Reply reply) {
            reader.accept(reply);
        }
    }

    /** Sends the reply of a member to its asker's node. */
    Uni<Letter.Outcome> send(Asker asker, long offset, Groups.ReplyRequest reply) {
        NodeMail.Address to = new NodeMail.Address(asker.node(), asker.run());
        return listening()
                .chain(() -> receipts.send(
                        to,
                        number -> new Letter.Reply(
                                address, number, asker.ask(), offset, reply.actor(), reply.message())));
    }

    /** One that is lost is none: the member's node says that nobody knows. */
    void receipt(Letter.Reply reply, Letter.Outcome outcome) {
        mail.send(reply.from(), new Letter.Receipt(reply.number(), outcome))
                .subscribe()
                .with(sent -> {}, failure -> LOG.log(System.Logger.Level.DEBUG, "no receipt of a reply", failure));
    }

    /** False: there is no room for a reply that has to wait here. */
    boolean keepEarly(Letter.Reply reply) {
        if (early.addAndGet(reply.weight()) > MOST_EARLY) {
            early.addAndGet(-reply.weight());
            return false;
        }
        return true;
    }

    void forgetEarly(Letter.Reply reply) {
        early.addAndGet(-reply.weight());
    }

    /** To be called about every second. */
    void tick() {
        receipts.tick();
    }

    /** Replies that wait for their receipts. */
    int size() {
        return receipts.size();
    }
}
