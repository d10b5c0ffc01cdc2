package io.plexspaces.processgroups.api.http.call;

/** How a call is told why it failed. */
public interface Failures {
    /** On the event loop of the call, which has no answer yet. */
    void tell(Call call, Refusal why);

    /** With the HTTP status that goes with the code, and JSON. */
    Failures BY_STATUS = Call::refuse;
}
