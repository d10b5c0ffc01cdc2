package io.plexspaces.processgroups.cluster;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.plexspaces.processgroups.e2e.GrpcClient;
import io.plexspaces.processgroups.e2e.GrpcSession;
import io.plexspaces.processgroups.log.redis.Proxy;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.PublishAnswer;
import io.plexspaces.processgroups.proto.v1.PublishToGroupRequest;
import io.plexspaces.processgroups.proto.v1.Retention;
import io.plexspaces.processgroups.proto.v1.SessionRequest;
import io.plexspaces.processgroups.token.Issuer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The console and the chat page of the packaged server, in a real browser: every function clicked, one walk by keyboard
 * alone, in the dark and on a phone, and while much happens.
 *
 * <p>One file, as all of it uses one server and one browser, which take long to start.
 */
@Isolated
class ConsoleIT {
    private static final int GROUPS = 10_000;
    private static final int RATE = 5_000;
    private static final int MESSAGES = 5_000;

    /** After each, browsers wait for 3 s. */
    private static final int CUTS = Integer.getInteger("processgroups.test.cuts", 2);

    private static final Duration LOADED = Duration.ofSeconds(2);

    /** One task of the page may take so long on a machine that is busy with other tests. */
    private static final double LONGEST_TASK_MILLIS = 1_000;

    private static final Duration START = Duration.ofSeconds(30);
    private static final String SECRET = "a secret of the tests, of 32 bytes";
    private static final Path FOLDER = Path.of("target", "nodes");

    private static Browser browser;
    private static NodeProcess node;
    private static GrpcClient client;
    private Browser.Visit visit;
    private Page page;

    @BeforeAll
    static void start() throws IOException {
        browser = Browser.required("ConsoleIT");
        Files.createDirectories(FOLDER);
        node = NodeProcess.start("console", FOLDER, Map.of("PROCESSGROUPS_SESSION_GRACE", "1S"))
                .awaitReady();
        client = GrpcClient.connect(node.grpcPort(), "acme");
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            client.close();
            node.close();
            browser.close();
        }
    }

    @BeforeEach
    void open() {
        visit = browser.visit("http://127.0.0.1:" + node.httpPort());
        page = visit.page();
    }

    /** No page may say anything on its console, or ask another host for anything. */
    @AfterEach
    void leave() {
        List<String> errors = visit.errors();
        List<String> elsewhere = visit.elsewhere();
        visit.close();
        assertThat(errors).as("errors").isEmpty();
        assertThat(elsewhere).as("requests to others").isEmpty();
    }

    private void show(String tenant, String pattern) {
        visit.go("/console/");
        page.getByLabel("Tenant").fill(tenant);
        page.locator("#pattern").fill(pattern);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Show"))
                .click();
    }

    private Locator row(String list, String text) {
        return page.locator("#" + list + " .space .row", new Page.LocatorOptions().setHasText(text))
                .filter(new Locator.FilterOptions().setVisible(true))
                .first();
    }

    private void click(String button) {
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName(button).setExact(true))
                .click();
    }

    @Test
    void everyFunction_isThereByMouse() {
        client.create("orders");
        client.join(JoinGroupRequest.newBuilder()
                .setGroupName("orders")
                .setActorId("worker-1")
                .setNodeId("host-7")
                .putMetadata("role", "packer"));
        show("acme", "");
        page.getByLabel("New group").fill("news");
        click("Create");
        assertThat(page.locator("#group-title")).hasText("news");
        row("groups", "orders").click();
        assertThat(page.locator("#group-title")).hasText("orders");
        assertThat(row("members", "worker-1")).containsText("host-7");
        assertThat(row("members", "worker-1")).containsText("packer");

        click("Follow");
        assertThat(page.locator("#live-state")).hasText("Following.");
        page.getByLabel("Topic").fill("order.new");
        page.getByLabel("Message, JSON or text").fill("{\"id\": 12345678901234567890, \"b\": 1}");
        click("Publish");
        assertThat(page.locator("#published")).containsText("for 2 members");
        assertThat(row("live", "12345678901234567890")).containsText("order.new");
        client.join("orders", "worker-2");
        assertThat(row("live", "worker-2")).containsText("joined");
        assertThat(row("members", "worker-2")).isVisible();
        client.leave("orders", "worker-2");
        assertThat(row("live", "worker-2 left: LEFT")).isVisible();

        row("live", "order.new").click();
        assertThat(page.locator("#detail")).containsText("senderId");
        page.getByLabel("Filter").fill("order.new");
        assertThat(row("live", "worker-2")).isHidden();
        page.getByLabel("Filter").fill("");
        click("Pause");
        client.publish(text("orders", "while paused"));
        click("Go on");
        assertThat(row("live", "while paused")).isVisible();
        visit.screenshot("console-group");
        click("Stop");

        click("Node");
        assertThat(page.locator("#facts-node")).containsText("console");
        assertThat(page.locator("#facts-store")).containsText("memory");
        assertThat(page.locator("#facts-store")).containsText("held");
        assertThat(page.locator("#facts-delivery")).containsText("Held for clients");
        assertThat(page.locator("#facts-cut")).containsText("Slow consumers cut");
        assertThat(page.locator("#nodes")).containsText("console (this one)", within(Duration.ofSeconds(15)));
        visit.screenshot("console-node");
        click("Charts");
        assertThat(page.locator("#charts figcaption").first()).containsText("Messages a second: published");
        assertThat(page.locator("#charts canvas")).hasCount(6);
        visit.screenshot("console-charts");

        click("Groups");
        click("Delete");
        page.locator("#confirm")
                .getByText("Delete", new Locator.GetByTextOptions().setExact(true))
                .click();
        assertThat(page.locator("#group")).isHidden();
        assertThat(row("groups", "orders")).isHidden();
    }

    private static LocatorAssertions.ContainsTextOptions within(Duration time) {
        return new LocatorAssertions.ContainsTextOptions().setTimeout(time.toMillis());
    }

    private static PublishToGroupRequest.Builder text(String group, String text) {
        return PublishToGroupRequest.newBuilder().setGroupName(group).setMessage(GrpcClient.text(text));
    }

    @Test
    void oneWalk_isPossibleByKeyboardAlone() {
        client.forTenant("keys").create("alpha");
        visit.go("/console/");
        tabTo("tenant");
        page.keyboard().type("keys");
        page.keyboard().press("Enter");
        assertThat(row("groups", "alpha")).isVisible();
        tabTo("groups");
        page.keyboard().press("ArrowDown");
        page.keyboard().press("Enter");
        assertThat(page.locator("#group-title")).isFocused();
        tabTo("content");
        page.keyboard().type("by hand");
        tabTo("follow");
        page.keyboard().press("Enter");
        assertThat(page.locator("#live-state")).hasText("Following.");
        page.keyboard().press("Shift+Tab");
        tabTo("content", "Shift+Tab");
        page.keyboard().press("Tab");
        page.keyboard().press("Space");
        assertThat(row("live", "by hand")).isVisible();
        tabTo("live");
        page.keyboard().press("End");
        page.keyboard().press("Enter");
        assertThat(page.locator("#detail")).isVisible();
        tabTo("delete", "Shift+Tab");
        page.keyboard().press("Enter");
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");
        assertThat(row("groups", "alpha")).isHidden();
    }

    private void tabTo(String id) {
        tabTo(id, "Tab");
    }

    private void tabTo(String id, String key) {
        for (int presses = 0; presses < 40; presses++) {
            if (id.equals(page.evaluate("document.activeElement.id"))) {
                return;
            }
            page.keyboard().press(key);
        }
        throw new AssertionError(id + " cannot be reached with " + key);
    }

    @Test
    void page_isReadableInTheDarkAndOnAPhone() {
        client.forTenant("looks").create("room");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        show("looks", "");
        row("groups", "room").click();
        click("Follow");
        assertThat(page.locator("#live-state")).hasText("Following.");
        visit.screenshot("console-dark");
        page.setViewportSize(360, 740);
        visit.screenshot("console-narrow");
        for (String view : List.of("Node", "Charts", "Groups")) {
            click(view);
            assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
                    .as(view)
                    .isLessThanOrEqualTo(360);
        }
        assertThat(page.evaluate("getComputedStyle(document.body).backgroundColor"))
                .isEqualTo("rgb(13, 17, 23)");
    }

    @Test
    void manyGroups_andManyMessages_leaveThePageResponsive() throws InterruptedException {
        GrpcClient many = client.forTenant("many");
        Flood.create(many, GROUPS);
        visit.measure();
        show("many", "");
        assertThat(page.locator("#groups-count")).hasText("10,000");
        page.locator("#groups").focus();
        page.keyboard().press("End");
        assertThat(row("groups", "group-09999")).isVisible();
        assertThat(page.locator("#groups .row").count()).isLessThan(100);
        row("groups", "group-09999").click();
        click("Follow");
        assertThat(page.locator("#live-state")).hasText("Following.");

        try (Flood flood = Flood.publish(many, "group-09999", RATE)) {
            assertThat(page.locator("#sampled")).containsText("only some of them are shown");
            int frames = visit.framesIn(LOADED);
            click("Pause");
            click("Go on");
            assertThat(flood.published()).isGreaterThan(RATE);
            assertThat(frames).as("frames in " + LOADED).isGreaterThan(10);
        }
        System.out.printf("ConsoleIT: longest task %.0f ms%n", visit.longestTask());
        assertThat(visit.longestTask()).isLessThan(LONGEST_TASK_MILLIS);
        visit.screenshot("console-many");
    }

    /** On a management listener, which serves the page with the API that it uses. */
    @Test
    void token_isAskedFor_andTravelsWithEverything() {
        int port = NodeProcess.freePort();
        Map<String, String> environment = Map.of(
                "PROCESSGROUPS_AUTH",
                "jwt",
                "PROCESSGROUPS_AUTH_SHARED_SECRET",
                SECRET,
                "PROCESSGROUPS_MANAGEMENT_ENABLED",
                "true",
                "PROCESSGROUPS_MANAGEMENT_PORT",
                Integer.toString(port));
        try (NodeProcess asking = NodeProcess.start("asking", FOLDER, environment);
                Browser.Visit other = browser.visit("http://127.0.0.1:" + port)) {
            await().atMost(START).until(() -> !asking.isAlive() || other.answers("/console/status"));
            Page asked = other.page();
            other.go("/console/");
            asked.getByLabel("Tenant").fill("acme");
            asked.locator("#scope button").click();
            assertThat(asked.locator("#notice")).containsText("A token is needed");
            asked.getByLabel("Token").fill(token());
            asked.locator("#scope button").click();
            assertThat(asked.locator("#groups-count")).hasText("0");
            assertThat(asked.getByLabel("As actor")).hasValue("ann");
            asked.getByLabel("New group").fill("room");
            asked.locator("#create button").click();
            assertThat(asked.locator("#group-title")).hasText("room");
            asked.locator("#follow").click();
            assertThat(asked.locator("#live-state")).hasText("Following.");
            asked.locator("#content").fill("by ann");
            asked.locator("#publish button").click();
            assertThat(asked.locator("#live .row").filter(new Locator.FilterOptions().setHasText("by ann")))
                    .isVisible();
            assertThat(asked.url()).doesNotContain(token().substring(0, 10));
            assertThat(other.elsewhere()).isEmpty();
        }
    }

    private static String token() {
        long end = Instant.now().plus(Duration.ofHours(1)).getEpochSecond();
        return Issuer.secret(SECRET.getBytes(StandardCharsets.UTF_8))
                .token(Map.of(
                        "tenant",
                        "acme",
                        "sub",
                        "ann",
                        "exp",
                        end,
                        "processgroups",
                        List.of(Map.of("ops", List.of("*")))));
    }

    @Test
    void chatPage_showsNamesHistoryTypingAndLeaving() {
        try (Browser.Visit other = browser.visit("http://127.0.0.1:" + node.httpPort())) {
            enter(page, visit, "Ann");
            assertThat(page.locator("#here")).containsText("Ann");
            page.locator("#text").fill("hello");
            page.locator("#text").press("Enter");
            assertThat(page.locator("#messages")).containsText("hello");
            Page second = other.page();
            enter(second, other, "Bob");
            assertThat(second.locator("#messages")).containsText("hello");
            assertThat(second.locator("#here")).containsText("Ann");
            assertThat(page.locator("#here")).containsText("Bob");
            second.locator("#text").pressSequentially("I");
            assertThat(page.locator("#here")).containsText("typing");
            second.close();
            assertThat(page.locator("#here")).not().containsText("Bob", within(Duration.ofSeconds(15)));
        }
    }

    private static void enter(Page page, Browser.Visit visit, String name) {
        visit.go("/examples/chat.html");
        page.getByLabel("Your name").fill(name);
        page.locator("#enter button").click();
    }

    @Test
    void startPage_saysWhereThingsAre_andIsAPlaceToConnectFrom() {
        client.create("snippet");
        visit.go("/");
        assertThat(page.getByRole(AriaRole.LINK)).containsText(new String[] {"/console/", "/examples/chat.html"});
        Object first = page.evaluate("""
                () => new Promise(resolve => {
                  const socket = new WebSocket(`ws://${location.host}/ws/acme/default/snippet?actor=tab`);
                  socket.onmessage = message => { socket.close(); resolve(message.data); };
                })""");
        assertThat((String) first).contains("subscribed");
        page.getByText("/console/").click();
        assertThat(page).hasTitle("Process Groups: console");
    }

    /** The browser comes back by itself, and says where it was. */
    @Test
    void eventSource_thatIsCutAgainAndAgain_losesAndDoublesNothing() throws IOException {
        client.create(CreateGroupRequest.newBuilder()
                .setGroupName("ticks")
                .setRetention(Retention.newBuilder()
                        .setMessages(MESSAGES)
                        .setMaxAge(com.google.protobuf.Duration.newBuilder().setSeconds(300))));
        GrpcSession publisher = client.session("clock");
        try (Proxy proxy = new Proxy(node.httpPort());
                Browser.Visit cut = browser.visit("http://127.0.0.1:" + proxy.port())) {
            cut.go("/");
            cut.page().evaluate("""
                    () => {
                      window.got = [];
                      window.gaps = window.opened = 0;
                      const source = new EventSource("/v1/acme/default/ticks/events?actor=page");
                      source.addEventListener("message", event => got.push(JSON.parse(event.data).message.data));
                      source.addEventListener("gap", () => gaps++);
                      source.addEventListener("subscribed", () => opened++);
                    }""");
            for (int cuts = 0; cuts <= CUTS; cuts++) {
                awaitTrue(cut, "opened > " + cuts);
                for (int i = 0; i < MESSAGES / (CUTS + 1); i++) {
                    publish(publisher, cuts * (MESSAGES / (CUTS + 1)) + i);
                }
                if (cuts < CUTS) {
                    proxy.away(true);
                    proxy.away(false);
                }
            }
            int sent = MESSAGES / (CUTS + 1) * (CUTS + 1);
            awaitTrue(cut, "got.length >= " + sent);
            assertThat(cut.page().evaluate("() => got.length")).isEqualTo(sent);
            assertThat(cut.page().evaluate("() => got.every((number, i) => number === i)"))
                    .as("in order, each once")
                    .isEqualTo(true);
            assertThat(cut.page().evaluate("() => gaps")).isEqualTo(0);
        }
        publisher.complete();
    }

    /** Asked from here, as the page's own policy lets no text be executed in it later. */
    private static void awaitTrue(Browser.Visit visit, String condition) {
        await().pollInSameThread()
                .atMost(Duration.ofSeconds(60))
                .until(() -> Boolean.TRUE.equals(visit.page().evaluate("() => " + condition)));
    }

    private static void publish(GrpcSession publisher, int number) {
        publisher.sendRaw(SessionRequest.newBuilder()
                .setPublish(PublishToGroupRequest.newBuilder()
                        .setGroupName("ticks")
                        .setAnswer(PublishAnswer.NONE)
                        .setMessage(GrpcClient.text(Integer.toString(number))))
                .build());
    }
}
