#!/usr/bin/env bash
# Publishes the processes that start and end on this machine, and shows what two subscribers with different topic filters
# receive: one over WebSocket, one over gRPC. The server must be running. Ends by itself.
#
#   examples/processes.sh [SECONDS]        15 by default
#
# PG_GRPC and PG_HTTP say where the server is (127.0.0.1:9000 and 127.0.0.1:8080).
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
app="$here/../target/quarkus-app"
[ -d "$app/lib/main" ] || { echo "build the server first: ./mvnw package -DskipTests" >&2; exit 1; }
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
# The libraries hold a logging binding that only works inside the server.
quiet=(-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider -Dslf4j.internal.verbosity=WARN)

# Something to see on an idle machine, too.
(while true; do sleep 1.5; tail -f /dev/null --pid=$$ & sleep 0.5; kill $! || true; wait $! || true; done) 2>/dev/null &
trap 'kill $! 2>/dev/null || true' EXIT

"$java" -XX:TieredStopAtLevel=1 "${quiet[@]}" -cp "$app/lib/main/*:$app/app/*" "$here/Processes.java" "$@"
