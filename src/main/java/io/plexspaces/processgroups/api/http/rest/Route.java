package io.plexspaces.processgroups.api.http.rest;

import io.plexspaces.processgroups.api.http.call.Call;
import java.util.List;

/**
 * One thing that can be done at one path.
 *
 * @param method of HTTP
 * @param names how many there are in the path: tenant and namespace, or these and a group
 * @param tail what follows the names; empty: nothing
 * @param parameters that the URL may have
 * @param maxBytes of the body
 * @param action answers a call
 */
record Route(String method, int names, String tail, List<String> parameters, int maxBytes, Action action) {
    /** Answers a call, on its event loop; what it throws is the call's failure. */
    interface Action {
        void answer(Call call, Names at);
    }

    /**
     * Names in a path.
     *
     * @param group empty: none
     */
    record Names(String tenant, String namespace, String group) {}

    /** As in the document that describes it. */
    String template() {
        String path = "/v1/{tenant}/{namespace}" + (names == 2 ? "" : "/{group}");
        return tail.isEmpty() ? path : path + "/" + tail;
    }

    boolean isAt(List<String> segments) {
        return segments.size() == names + (tail.isEmpty() ? 0 : 1)
                && (tail.isEmpty() || segments.get(names).equals(tail));
    }

    Names names(List<String> segments) {
        return new Names(segments.get(0), segments.get(1), names == 2 ? "" : segments.get(2));
    }
}
