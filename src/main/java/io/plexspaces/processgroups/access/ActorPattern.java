package io.plexspaces.processgroups.access;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pattern over actor ids in which {@link #SUBJECT} stands for the subject of the caller. */
public record ActorPattern(String text) {
    /** The placeholder. */
    static final String SUBJECT = "${sub}";

    /** The caller itself and nobody else. */
    static final ActorPattern OWN = new ActorPattern(SUBJECT);

    /** No actor id is longer. */
    private static final int LONGEST = 255;

    /** @throws IllegalArgumentException when it holds what may stand in no rule, or another placeholder */
    public ActorPattern {
        NamePattern.of(text.replace(SUBJECT, ""));
    }

    /**
     * With the subject in its place. Whatever the subject holds stands for itself: it is put in when the stars of the
     * rule are found already.
     *
     * @param subject empty: the caller has none
     * @return null: no actor can match, as there is no subject or the names would be too long. Without a subject,
     *     {@code ${sub}*} must not become every actor
     */
    @Nullable
    NamePattern of(String subject) {
        if (!text.contains(SUBJECT)) {
            return NamePattern.of(text);
        }
        String literal = text.replace("*", "");
        int placeholders = (literal.length() - literal.replace(SUBJECT, "").length()) / SUBJECT.length();
        if (subject.isEmpty() || literal.length() + placeholders * (subject.length() - SUBJECT.length()) > LONGEST) {
            return null;
        }
        List<String> pieces = NamePattern.pieces(text);
        return NamePattern.of(
                pieces.stream().map(piece -> piece.replace(SUBJECT, subject)).toList());
    }
}
