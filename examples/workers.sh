#!/usr/bin/env bash
# Three workers, and a boss that gives them jobs: one never does its job, and one goes home in the middle. Shows who is
# asked, who replies, and who is missing. The server must be running. Ends by itself.
#
#   examples/workers.sh [JOBS]        4 by default
#
# PG_GRPC says where the server is (127.0.0.1:9000).
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
app="$here/../target/quarkus-app"
[ -d "$app/lib/main" ] || { echo "build the server first: ./mvnw package -DskipTests" >&2; exit 1; }
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
# The libraries hold a logging binding that only works inside the server.
quiet=(-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider -Dslf4j.internal.verbosity=WARN)
exec "$java" -XX:TieredStopAtLevel=1 "${quiet[@]}" -cp "$app/lib/main/*:$app/app/*" "$here/Workers.java" "$@"
