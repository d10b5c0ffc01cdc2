package io.plexspaces.processgroups.cluster;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.PlaywrightException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The Chromium that is installed on this machine. */
final class Browser implements AutoCloseable {
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 900;

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser browser;

    private Browser(Path executable) {
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(executable)
                        .setArgs(List.of("--no-sandbox", "--disable-gpu")));
    }

    /** Without one, the test is skipped, and says so. */
    static Browser required(String test) {
        List<Path> found = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .toList();
        if (found.isEmpty()) {
            System.err.println("SKIPPED " + test + ": needs chromium, which `apt-get install chromium` installs");
        }
        Assumptions.assumeFalse(found.isEmpty(), "needs chromium");
        return new Browser(found.get(0));
    }

    /** One user, without anything of others. */
    Visit visit(String origin) {
        BrowserContext context = browser.newContext(
                new com.microsoft.playwright.Browser.NewContextOptions().setViewportSize(WIDTH, HEIGHT));
        return new Visit(context, origin);
    }

    @Override
    public void close() {
        playwright.close();
    }

    /** One user's tab, and what went wrong in it. */
    static final class Visit implements AutoCloseable {
        private final BrowserContext context;
        private final Page page;
        private final String origin;
        private final List<String> errors = new CopyOnWriteArrayList<>();
        private final List<String> elsewhere = new CopyOnWriteArrayList<>();

        private Visit(BrowserContext context, String origin) {
            this.context = context;
            this.origin = origin;
            this.page = context.newPage();
            page.setDefaultTimeout(Duration.ofSeconds(10).toMillis());
            page.onConsoleMessage(message -> {
                if (message.type().equals("error") || message.type().equals("warning")) {
                    errors.add(message.text());
                }
            });
            page.onPageError(errors::add);
            page.onRequest(request -> note(request.url()));
            page.onWebSocket(socket -> note(socket.url().replaceFirst("^ws", "http")));
        }

        private void note(String url) {
            if (!url.startsWith(origin + "/") && !url.startsWith("data:")) {
                elsewhere.add(url);
            }
        }

        Page page() {
            return page;
        }

        void go(String path) {
            page.navigate(origin + path);
        }

        /** Whether there is something, asked without the page. */
        boolean answers(String path) {
            try {
                return context.request().get(origin + path).ok();
            } catch (PlaywrightException refused) {
                return false;
            }
        }

        List<String> errors() {
            return errors;
        }

        List<String> elsewhere() {
            return elsewhere;
        }

        void screenshot(String name) {
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(SCREENSHOTS.resolve(name + ".png"))
                    .setFullPage(true));
        }

        /** From the next page on, how long tasks take. */
        void measure() {
            page.addInitScript("""
                    window.longest = 0;
                    new PerformanceObserver(seen => seen.getEntries().forEach(
                        entry => window.longest = Math.max(window.longest, entry.duration)))
                      .observe({entryTypes: ["longtask"]});
                    """);
        }

        /** In milliseconds; 0: none took more than 50. */
        double longestTask() {
            return ((Number) page.evaluate("window.longest")).doubleValue();
        }

        /** How many frames the page draws in a time. */
        int framesIn(Duration time) {
            return ((Number) page.evaluate("""
                    millis => new Promise(resolve => {
                      let frames = 0;
                      const end = performance.now() + millis;
                      const frame = now => {
                        frames++;
                        now < end ? requestAnimationFrame(frame) : resolve(frames);
                      };
                      requestAnimationFrame(frame);
                    })""", Math.toIntExact(time.toMillis()))).intValue();
        }

        @Override
        public void close() {
            context.close();
        }
    }
}
