/** What the folder {@code deploy} holds, compared with itself, with the service and with its documentation. */
@NullMarked
package io.plexspaces.processgroups.deploy;

import org.jspecify.annotations.NullMarked;
