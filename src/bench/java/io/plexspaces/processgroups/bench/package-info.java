/** The benchmark: scenarios, their measurements and the report. Started by {@code bench/run}, never by the build. */
@NullMarked
package io.plexspaces.processgroups.bench;

import org.jspecify.annotations.NullMarked;
