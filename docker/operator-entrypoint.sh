#!/bin/sh
# Starts the operator. It keeps informer caches on the heap: half of the container's limit.
set -eu
agent=""
if [ -n "${OTEL_EXPORTER_OTLP_ENDPOINT:-}" ]; then agent="-javaagent:/app/opentelemetry-javaagent.jar"; fi
# shellcheck disable=SC2086
exec java -XX:MaxRAMPercentage=50 -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED \
    --sun-misc-unsafe-memory-access=allow -Djava.io.tmpdir=/tmp $agent ${JAVA_OPTS:-} \
    -cp "/app/operator.jar:/app/lib/*" io.kvcluster.operator.OperatorMain "$@"
