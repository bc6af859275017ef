#!/bin/sh
# Starts the storage node with memory flags that follow from the container's limit.
#   heap = 40 % of the limit, 96 MiB .. 4 GiB     direct = 15 %, at least 64 MiB, in two arenas of the network's buffers
#   metaspace 128 MiB at most (256 with the tracing agent)     compiled code 96 MiB at most
# The rest is for threads and the page cache of the mapped index and the log.
set -eu
limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || echo max)
case "$limit" in max | "" | *[!0-9]*) limit=1073741824 ;; esac
[ "$limit" -gt 68719476736 ] && limit=1073741824 # no limit in cgroup v1 is a huge number
mib=$((limit / 1048576))
heap=$((mib * 40 / 100))
[ "$heap" -lt 96 ] && heap=96
[ "$heap" -gt 4096 ] && heap=4096
direct=$((mib * 15 / 100))
[ "$direct" -lt 64 ] && direct=64
agent=""
metaspace=128
# shellcheck disable=SC2236
if [ -n "${OTEL_EXPORTER_OTLP_ENDPOINT:-}" ]; then
    agent="-javaagent:/app/opentelemetry-javaagent.jar"
    metaspace=256
fi
echo "event=start memoryLimitMiB=$mib heapMiB=$heap directMiB=$direct metaspaceMiB=$metaspace codeMiB=96 tracing=${agent:+on}"
# shellcheck disable=SC2086
exec java "-Xms${heap}m" "-Xmx${heap}m" "-XX:MaxDirectMemorySize=${direct}m" -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError \
    "-XX:MaxMetaspaceSize=${metaspace}m" -XX:ReservedCodeCacheSize=96m -Dio.grpc.netty.shaded.io.netty.allocator.numDirectArenas=2 \
    -XX:TieredStopAtLevel="${KV_JIT_LEVEL:-4}" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -Djava.io.tmpdir=/tmp $agent ${JAVA_OPTS:-} -cp "/app/storage-node.jar:/app/lib/*" io.kvcluster.node.NodeMain "$@"
