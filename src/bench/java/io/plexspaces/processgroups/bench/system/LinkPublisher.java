package io.plexspaces.processgroups.bench.system;

import io.plexspaces.processgroups.bench.load.Link;
import io.plexspaces.processgroups.bench.load.Template;
import java.nio.ByteBuffer;

/** Publishes on a connection; requests of one flush travel together. */
final class LinkPublisher implements Publisher {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final Link link;
    private final Templates templates;
    private final BeforeWrite beforeWrite;
    private final ByteBuffer waiting;

    private int messages;

    /** Told what is written next; may wait until that is allowed. */
    interface BeforeWrite {
        void write(int messages, int bytes);
    }

    LinkPublisher(Link link, Templates templates) {
        this(link, templates, BUFFER_BYTES, (messages, bytes) -> {});
    }

    /** @param mostBytes that are written at once */
    LinkPublisher(Link link, Templates templates, int mostBytes, BeforeWrite beforeWrite) {
        this.link = link;
        this.templates = templates;
        this.waiting = ByteBuffer.allocateDirect(mostBytes);
        this.beforeWrite = beforeWrite;
    }

    @Override
    public void publish(Stream stream, int number, long due) {
        Template template = templates.of(stream);
        if (waiting.remaining() < template.size()) {
            flush();
        }
        template.write(waiting, stream.id(), number, due);
        messages++;
    }

    @Override
    public void flush() {
        waiting.flip();
        if (waiting.hasRemaining()) {
            beforeWrite.write(messages, waiting.remaining());
            messages = 0;
            link.write(waiting);
        }
        waiting.clear();
    }
}
