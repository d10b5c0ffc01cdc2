package io.plexspaces.processgroups.access;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Whether a caller may do what it asks for. Made once for each operation and part, so that deciding allocates nothing.
 *
 * @param missing what it failed on: for the audit log; {@link Part#NOTHING}: it is allowed
 */
public record Decision(Operation operation, Part missing) {
    private static final Map<Operation, Map<Part, Decision>> ALL = new EnumMap<>(Operation.class);

    static {
        for (Operation operation : Operation.values()) {
            Map<Part, Decision> each = new EnumMap<>(Part.class);
            for (Part part : Part.values()) {
                each.put(part, new Decision(operation, part));
            }
            ALL.put(operation, each);
        }
    }

    static Decision of(Operation operation, Part missing) {
        return Objects.requireNonNull(Objects.requireNonNull(ALL.get(operation)).get(missing));
    }

    public boolean allowed() {
        return missing == Part.NOTHING;
    }

    /** The field of the request it failed on, in the spelling of the proto; empty when it is about none. */
    public String field() {
        return missing.field(operation);
    }

    /**
     * Of a refusal, for the client: the operation and the field. Follows from the rights of the caller alone, and so
     * never tells whether a group or an actor exists.
     */
    public String message() {
        String sentence = operation.text() + " is not permitted";
        return field().isEmpty() ? sentence : field() + ": " + sentence;
    }
}
