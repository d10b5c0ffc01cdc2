package io.plexspaces.processgroups.domain;

/** The id a client chose for an actor: 1 to 255 bytes by the rule for names. */
public record ActorId(String value) implements Comparable<ActorId> {
    /** @throws GroupException INVALID_ARGUMENT naming {@code actor_id} */
    public ActorId {
        Names.check("actor_id", value, Names.ACTOR_BYTES);
    }

    @Override
    public int compareTo(ActorId other) {
        return value.compareTo(other.value);
    }
}
