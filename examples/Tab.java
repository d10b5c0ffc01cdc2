import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What a browser tab does, without the browser: connects to the URL it is given and prints every frame. */
final class Tab implements WebSocket.Listener {
    private final CompletableFuture<String> closed = new CompletableFuture<>();
    private final StringBuilder frame = new StringBuilder();

    public static void main(String[] args) {
        if (args.length != 1) {
            System.err.println("usage: java examples/Tab.java 'ws://HOST:PORT/ws/TENANT/NAMESPACE/GROUP?actor=ID'");
            System.exit(2);
        }
        Tab tab = new Tab();
        URI url = URI.create(args[0].replace(">", "%3E"));
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(url, tab).join();
        System.out.println(tab.closed.join());
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
        frame.append(part);
        if (last) {
            System.out.println(frame);
            frame.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        closed.complete("closed: " + code + " " + reason);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        closed.complete("connection lost: " + error.getMessage());
    }
}
