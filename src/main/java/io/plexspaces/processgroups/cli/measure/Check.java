package io.plexspaces.processgroups.cli.measure;

import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import io.plexspaces.processgroups.cli.client.Unreachables;
import io.plexspaces.processgroups.cli.options.ServerCommand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.function.Supplier;
import picocli.CommandLine.Command;

@Command(
        name = "check",
        description =
                "Look, in this order, whether the server's name is known, its port is open, it speaks what is expected"
                        + " and is trusted, the token is accepted, and the server is ready.",
        footer = {"", "Examples:", "  pg check", "  pg check --server https://groups.example.org --tls-ca ca.pem"})
public final class Check extends ServerCommand {
    private static final String READY = "/q/health/ready";
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    @Override
    protected void run() {
        step("name", this::name);
        step("port", this::port);
        step(target().isTls() ? "tls" : "http", this::service);
        step("token", this::token);
        step("ready", this::ready);
    }

    private void step(String what, Supplier<String> look) {
        try {
            String found = look.get();
            if (isJson()) {
                terminal()
                        .line(Json.object()
                                .put("check", what)
                                .put("ok", true)
                                .put("found", found)
                                .toString());
            } else {
                terminal().line(terminal().good("ok  ") + String.format("%-6s", what) + found);
            }
        } catch (Failure failure) {
            if (isJson()) {
                terminal()
                        .line(Json.object()
                                .put("check", what)
                                .put("ok", false)
                                .put("found", failure.sentence())
                                .toString());
            } else {
                terminal().line(terminal().bad("no  ") + what);
            }
            terminal().flush();
            throw failure;
        }
    }

    private String name() {
        try {
            return target().server().getHost() + " is "
                    + InetAddress.getByName(target().server().getHost()).getHostAddress();
        } catch (UnknownHostException unknown) {
            throw Unreachables.of(target(), unknown);
        }
    }

    private String port() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(target().server().getHost(), target().port()), (int)
                    target().timeout().toMillis());
            return target().place() + " is open";
        } catch (IOException closed) {
            throw Unreachables.of(target(), closed);
        }
    }

    /** What there is without a token, too. */
    private String service() {
        calls().status(READY);
        return target().isTls() ? "its certificate is trusted" : "it speaks HTTP";
    }

    private String token() {
        Json request = Json.object()
                .put("tenantId", target().tenant())
                .put("namespace", target().namespace())
                .put("pageSize", 1);
        long groups = calls().call("ListGroups", request).number("totalCount");
        return (target().token() == null ? "none is needed" : "it is accepted") + "; tenant " + target().tenant()
                + " has " + groups + (groups == 1 ? " group" : " groups");
    }

    private String ready() {
        return switch (calls().status(READY)) {
            case OK -> "the server is ready";
            case UNAVAILABLE ->
                throw Failure.refused("the server is not ready: " + down(calls().page(READY))
                        + "; docs/operations.md says what to do");
            default -> "the server tells it on its management port alone (8090 by default)";
        };
    }

    /** Which checks are down, and what they say. */
    private static String down(String page) {
        StringBuilder said = new StringBuilder();
        try {
            for (Json check : Json.parse(page).objects("checks")) {
                if (!check.text("status").equals("UP")) {
                    said.append(said.isEmpty() ? "" : ", ").append(check.text("name"));
                    Json details = Json.parse(check.has("data") ? check.text("data") : "{}");
                    details.names()
                            .forEach(name ->
                                    said.append(' ').append(name).append('=').append(details.text(name)));
                }
            }
        } catch (IllegalArgumentException unreadable) {
            return "it does not say why";
        }
        return said.isEmpty() ? "it does not say why" : said.toString();
    }
}
