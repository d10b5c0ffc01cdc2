package io.plexspaces.processgroups.bench.system;

import io.plexspaces.processgroups.bench.load.Link;
import io.plexspaces.processgroups.bench.load.Template;
import java.nio.ByteBuffer;

/** Publishes on a connection; requests of one flush travel together. */
final class LinkPublisher implements Publisher {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final Link link;
    private final Templates templates;
    private final ByteBuffer waiting = ByteBuffer.allocateDirect(BUFFER_BYTES);

    LinkPublisher(Link link, Templates templates) {
        this.link = link;
        this.templates = templates;
    }

    @Override
    public void publish(Stream stream, int number, long due) {
        Template template = templates.of(stream);
        if (waiting.remaining() < template.size()) {
            flush();
        }
        template.write(waiting, stream.id(), number, due);
    }

    @Override
    public void flush() {
        link.write(waiting.flip());
        waiting.clear();
    }
}
