package io.plexspaces.processgroups.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.plexspaces.processgroups.cli.Shell;
import io.plexspaces.processgroups.cli.Shell.Result;
import io.plexspaces.processgroups.log.redis.Proxy;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command, with a real server. */
@QuarkusTest
class CommandLineTest extends LiveServer {
    private static final String ROOM = "room";

    @TempDir
    Path home;

    private Shell shell;

    @BeforeEach
    void open() {
        shell = new Shell(home)
                .set("PG_SERVER", webSocket.toString().replaceFirst("/ws$", ""))
                .set("PG_TENANT", tenant);
    }

    private Result done(String... arguments) {
        Result result = shell.run(arguments);
        assertThat(result.code()).as("%s: %s", List.of(arguments), result.err()).isZero();
        return result;
    }

    private CompletableFuture<Result> begun(String... arguments) {
        return CompletableFuture.supplyAsync(() -> shell.run(arguments), task -> new Thread(task).start());
    }

    private void awaitMember(String actor) {
        await().until(() -> client.members(ROOM).contains(actor));
    }

    @Test
    void groupsAndMembers() {
        assertThat(done("create", ROOM, "--keep", "10", "--keep-for", "1m").out())
                .isEqualTo("created room\n");
        assertThat(done("join", ROOM, "ann", "a.*", "--metadata", "zone=eu").out())
                .isEqualTo("ann joined room, joins: 1\n");
        assertThat(done("join", ROOM, "ann").out()).isEqualTo("ann joined room, joins: 2\n");
        assertThat(done("members", ROOM).lines().get(1)).startsWith("ann").contains("all", "zone=eu");
        assertThat(done("members", ROOM, "--local").out()).isEqualTo("ann\n");
        assertThat(done("list", "r*").lines().get(1)).startsWith("room");
        assertThat(done("list", "x*").err()).contains("pg create");
        assertThat(done("leave", ROOM, "ann").out()).isEqualTo("ann left room, joins: 1\n");
        assertThat(done("evict", ROOM, "ann", "--ban", "10s").out()).isEqualTo("ann was evicted from room, joins: 1\n");
        assertThat(shell.run("join", ROOM, "ann").err()).contains("pg evict room ACTOR --ban 0");
        assertThat(done("delete", ROOM).out()).isEqualTo("deleted room\n");
        assertThat(done("delete", ROOM).out()).isEqualTo("there was no group room\n");
    }

    @Test
    void refusals_areSentences() {
        assertThat(shell.run("members", ROOM))
                .isEqualTo(new Result(
                        1,
                        "",
                        "error: no group room in tenant " + tenant + ": create it with `pg create room --tenant "
                                + tenant + "`\n"));
        assertThat(shell.run("subscribe", ROOM).err())
                .contains("pg create room")
                .hasLineCount(1);
        assertThat(shell.run("watch", ROOM).code()).isEqualTo(1);
        assertThat(shell.run("ask", ROOM, "x").code()).isEqualTo(1);
        assertThat(shell.input("a\nb\n", "publish", ROOM).code()).isEqualTo(1);
        assertThat(shell.run("create", "no name").err()).contains("group_name");
    }

    @Test
    void message_isPublishedReceivedAndFoundLater() {
        done("create", ROOM);
        CompletableFuture<Result> subscriber = begun(
                "subscribe", ROOM, "user.*", "--actor", "ann", "--count", "2", "--template", "{topic}|{sender}|{data}");
        awaitMember("ann");

        assertThat(done("publish", ROOM, "{\"n\":1.0}", "--topic", "user.login", "--actor", "bob")
                        .out())
                .matches("offset \\d+, 1 recipient: ann\n");
        done("publish", ROOM, "not for ann", "--topic", "other");
        done("publish", ROOM, "to all");

        assertThat(subscriber.join().lines()).containsExactly("user.login|bob|{\"n\":1.0}", "||to all");
        await().until(() -> client.members(ROOM).isEmpty());
        assertThat(done("history", ROOM).lines())
                .containsExactly("user.login {\"n\":1.0}", "other not for ann", "to all");
        assertThat(done("history", ROOM, "--last", "1").lines()).containsExactly("to all");
        assertThat(done("history", ROOM, "--since", "1h").lines()).hasSize(3);
        Result fetched = done("fetch", ROOM, "--limit", "1");
        assertThat(fetched.lines()).containsExactly("user.login {\"n\":1.0}");
        String next = fetched.err().strip().replace("next: --after ", "");
        assertThat(done("fetch", ROOM, "--after", next).lines()).containsExactly("other not for ann", "to all");
        assertThat(done("subscribe", ROOM, "--since", "1h", "--count", "3").lines())
                .hasSize(3);
        assertThat(done("subscribe", ROOM, "--last", "2", "--count", "2").lines())
                .containsExactly("other not for ann", "to all");
    }

    @Test
    void lines_arriveCompleteAndInOrder() {
        int lines = 20_000;
        done("create", ROOM);
        CompletableFuture<Result> subscriber =
                begun("subscribe", ROOM, "--actor", "ann", "--count", Integer.toString(lines));
        awaitMember("ann");
        List<String> sent = IntStream.range(0, lines).mapToObj(i -> "line " + i).toList();

        Result published = shell.input(sent.stream().collect(Collectors.joining("\n")), "publish", ROOM);

        assertThat(published.err()).isEqualTo("20000 lines published\n");
        assertThat(subscriber.join().lines()).isEqualTo(sent);
        assertThat(subscriber.join().err()).isEmpty();
    }

    @Test
    void lostConnections_loseAndDoubleNothing() throws IOException {
        int messages = 3_000;
        done("create", ROOM, "--keep", "10000", "--keep-for", "1m");
        try (Proxy proxy = new Proxy(webSocket.getPort())) {
            CompletableFuture<Result> subscriber = begun(
                    "subscribe",
                    ROOM,
                    "--actor",
                    "ann",
                    "--count",
                    Integer.toString(messages),
                    "--server",
                    "127.0.0.1:" + proxy.port());
            awaitMember("ann");
            for (int i = 0; i < 3; i++) {
                int from = i * messages / 3;
                shell.input(
                        IntStream.range(from, from + messages / 3)
                                .mapToObj(number -> number + "\n")
                                .collect(Collectors.joining()),
                        "publish",
                        ROOM);
                proxy.away(true);
                proxy.away(false);
            }

            assertThat(subscriber.join().lines())
                    .as(subscriber.join().err())
                    .isEqualTo(IntStream.range(0, messages)
                            .mapToObj(Integer::toString)
                            .toList());
            assertThat(subscriber.join().err()).contains("trying again in").doesNotContain("gap");
        }
    }

    @Test
    void changes_areWatched_andSeenBesideMessages() {
        done("create", ROOM);
        CompletableFuture<Result> watch = begun("watch", ROOM, "--count", "3");
        CompletableFuture<Result> presence = begun("subscribe", ROOM, "--presence", "--actor", "ann", "--count", "1");
        awaitMember("ann");
        done("publish", ROOM, "hello");

        assertThat(presence.join().lines()).first().asString().startsWith("here: ann");
        assertThat(presence.join().lines()).last().isEqualTo("hello");
        done("join", ROOM, "bob");
        done("join", ROOM, "cleo");
        assertThat(watch.join().lines()).hasSize(3);
    }

    @Test
    void ask_printsReplies_andWhoIsMissing() {
        done("create", ROOM);
        assertThat(shell.run("ask", ROOM, "who?").err()).contains("there was nobody to ask in room");
        done("join", ROOM, "silent");

        Result result = shell.run("ask", ROOM, "who?", "--wait", "100ms");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("missing: silent", "1 did not reply");
    }

    @Test
    void server_isLookedAt() {
        done("create", ROOM);
        assertThat(done("check").lines()).hasSize(5).allMatch(line -> line.startsWith("ok  "));
        assertThat(done("top", "--times", "1", "--every", "200ms").lines().get(1))
                .startsWith("room");
        assertThat(done("bench", "fan", "--subscribers", "2", "--rate", "50", "--seconds", "1")
                        .out())
                .contains("receivedPerSecond", "deliveryMillis");
        assertThat(done("bench", "pub", "--seconds", "1", "--json").out()).contains("\"publishedPerSecond\"");
        assertThat(client.members(ROOM)).isEmpty();
        assertThat(done("list").lines()).as("its group is gone").hasSize(2);
    }
}
