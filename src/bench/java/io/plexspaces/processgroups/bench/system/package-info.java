/** What is measured, and what is published to: the service over each of its protocols, and the references beside it. */
@NullMarked
package io.plexspaces.processgroups.bench.system;

import org.jspecify.annotations.NullMarked;
