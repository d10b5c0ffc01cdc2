package io.plexspaces.processgroups.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Reads server-sent events as browsers do, and comes back with the last id when its connection is gone. */
public final class EventSource implements AutoCloseable {
    private final URI server;
    private final String path;
    private final List<Received> events = new ArrayList<>();
    private final Thread reader;
    private volatile String lastId;
    private volatile boolean closed;
    private volatile Socket socket;
    private volatile String refused = "";
    private volatile String head = "";
    private final AtomicInteger connections = new AtomicInteger();

    /** One event. */
    public record Received(String name, String id, String data) {
        public JsonNode json() {
            return HttpCalls.json(data);
        }
    }

    private EventSource(URI server, String path, String lastId) {
        this.server = server;
        this.path = path;
        this.lastId = lastId;
        this.reader = new Thread(this::run, "event-source");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * @param path with its query
     * @param lastId of a client that has been there before; empty: it has not
     */
    public static EventSource open(URI server, String path, String lastId) {
        return new EventSource(server, path, lastId);
    }

    private void run() {
        while (!closed && refused.isEmpty()) {
            try (Socket opened = new Socket(server.getHost(), server.getPort())) {
                socket = opened;
                String resume = lastId.isEmpty() ? "" : "Last-Event-ID: " + lastId + "\r\n";
                opened.getOutputStream()
                        .write(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n" + resume
                                        + "\r\n")
                                .getBytes(UTF_8));
                read(new BufferedReader(new InputStreamReader(opened.getInputStream(), UTF_8)));
            } catch (IOException cut) {
                // it comes back
            }
        }
    }

    private void read(BufferedReader in) throws IOException {
        StringBuilder whole = new StringBuilder();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            whole.append(line).append('\n');
        }
        head = whole.toString();
        if (!head.startsWith("HTTP/1.1 200 ")) {
            refused = head + in.readLine();
            return;
        }
        connections.incrementAndGet();
        Block block = new Block();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.isEmpty()) {
                received(block);
                block = new Block();
            } else {
                block.line(line);
            }
        }
    }

    private void received(Block block) {
        if (block.name == null && block.data == null) {
            return;
        }
        if (block.id != null) {
            lastId = block.id;
        }
        synchronized (events) {
            events.add(new Received(
                    block.name == null ? "message" : block.name,
                    block.id == null ? "" : block.id,
                    String.valueOf(block.data)));
        }
    }

    private static final class Block {
        private String name;
        private String id;
        private String data;

        void line(String line) {
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (field) {
                case "event" -> name = value;
                case "id" -> id = value;
                case "data" -> data = data == null ? value : data + "\n" + value;
                default -> {}
            }
        }
    }

    /** Ends its connection without a word; it comes back. */
    public void cut() {
        Socket present = socket;
        try {
            present.setSoLinger(true, 0);
            present.close();
        } catch (IOException gone) {
            // as wanted
        }
    }

    public List<Received> events() {
        synchronized (events) {
            return List.copyOf(events);
        }
    }

    public List<Received> events(String name) {
        return events().stream().filter(event -> event.name().equals(name)).toList();
    }

    public Received await(Predicate<Received> wanted) {
        EventStream.patiently().until(() -> events().stream().anyMatch(wanted));
        return events().stream().filter(wanted).findFirst().orElseThrow();
    }

    public Received await(String name) {
        return await(event -> event.name().equals(name));
    }

    public void awaitMessages(int count) {
        EventStream.patiently().until(() -> events("message").size() >= count);
    }

    /** The answer that was no stream: its head, and the first line of its body. */
    public String awaitRefusal() {
        EventStream.patiently().until(() -> !refused.isEmpty());
        return refused;
    }

    public String head() {
        return head;
    }

    public int connections() {
        return connections.get();
    }

    @Override
    public void close() {
        closed = true;
        cut();
    }
}
