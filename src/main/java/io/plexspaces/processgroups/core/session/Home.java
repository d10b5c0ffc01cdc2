package io.plexspaces.processgroups.core.session;

import io.plexspaces.processgroups.core.Groups;
import io.plexspaces.processgroups.core.Settings;
import io.plexspaces.processgroups.core.group.Replicas;

/** What a session needs of its node. */
record Home(Groups groups, Replicas replicas, Settings settings, Graces graces, KnownSessions known) {}
