package io.plexspaces.processgroups.cli.messages;

import io.plexspaces.processgroups.cli.client.Calls;
import io.plexspaces.processgroups.cli.client.Json;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a group retains, read backwards page by page. */
final class Pages {
    private static final int PAGE = 1_000;

    private final Calls calls;
    private final Json request;

    /** @param request names tenant, namespace and group */
    Pages(Calls calls, Json request) {
        this.calls = calls;
        this.request = request;
    }

    /** The last so many messages, oldest first. */
    Deque<Json> last(int count) {
        Deque<Json> found = new ArrayDeque<>();
        Json page = backwards(Math.min(count, PAGE));
        while (true) {
            for (Json event : page.objects("events")) {
                if (found.size() < count) {
                    found.addFirst(event);
                }
            }
            if (found.size() >= count || page.flag("caughtUp")) {
                return found;
            }
            page = before(page, PAGE);
        }
    }

    /** The place behind which all messages are that are not older than this, also those that are yet to come. */
    Json since(Instant time) {
        Json page = backwards(PAGE);
        long oldest = 0;
        while (true) {
            String epoch = page.object("next").text("epoch");
            for (Json event : page.objects("events")) {
                if (isOlder(event, time)) {
                    return position(epoch, event.number("offset"));
                }
                oldest = event.number("offset");
            }
            if (page.flag("caughtUp")) {
                return oldest == 0 ? end() : position(epoch, oldest - 1);
            }
            page = before(page, PAGE);
        }
    }

    /** Of a group that retains nothing. */
    private Json end() {
        return calls.call("FetchMessages", request.put("newestFirst", false).put("pageSize", 1))
                .object("next");
    }

    private static Json position(String epoch, long offset) {
        return Json.object().put("epoch", epoch).put("offset", offset);
    }

    static boolean isOlder(Json event, Instant time) {
        try {
            return Instant.parse(event.object("message").text("timestamp")).isBefore(time);
        } catch (DateTimeParseException unreadable) {
            return false;
        }
    }

    private Json backwards(int size) {
        return calls.call("FetchMessages", request.put("newestFirst", true).put("pageSize", size));
    }

    private Json before(Json page, int size) {
        return calls.call(
                "FetchMessages", request.put("before", page.object("next")).put("pageSize", size));
    }
}
