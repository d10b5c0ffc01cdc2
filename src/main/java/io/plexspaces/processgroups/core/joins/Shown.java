package io.plexspaces.processgroups.core.joins;

import io.plexspaces.processgroups.domain.Membership;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription gets of the members before everything else.
 *
 * @param members null: not who they are
 * @param count {@link #UNCOUNTED}: not how many they are
 */
record Shown(@Nullable List<Membership> members, int count) {
    static final int UNCOUNTED = -1;
    static final Shown NOTHING = new Shown(null, UNCOUNTED);
}
