/**
 * What the endpoints share: requests checked and mapped to use cases, events and results mapped to proto, errors, and
 * the session protocol. Uses core, domain, the log's query types and proto; knows no transport.
 */
@NullMarked
package io.plexspaces.processgroups.api;

import org.jspecify.annotations.NullMarked;
