# shellcheck shell=bash disable=SC2154  # sourced by scripts/s3-engine, whose names these are
# SeaweedFS (https://seaweedfs.com) in one process: master, volume server, filer and S3 gateway. Objects lie in data/.

weed=$root/.build-python/bin/weed
if [ ! -x "$weed" ]; then weed=$(command -v weed || true); fi

launch_engine() {
    if [ -z "$weed" ]; then fail "no SeaweedFS: scripts/setup installs it"; fi
    choose_ports 8
    mkdir -p "$directory/data" "$directory/configuration" "$directory/run"
    cat >"$directory/configuration/s3.json" <<JSON
{"identities": [{"name": "admin", "credentials": [{"accessKey": "$access_key", "secretKey": "$secret_key"}],
                 "actions": ["Admin", "Read", "List", "Tagging", "Write"]},
                {"name": "other", "credentials": [{"accessKey": "$other_access_key", "secretKey": "$other_secret_key"}],
                 "actions": []}]}
JSON
    # It looks for files of settings in the working directory. Telemetry is on by default: off, and without an address.
    cd "$directory/configuration" || fail "no folder $directory/configuration"
    local options=(
        -logtostderr=true server -dir="$directory/data" -ip=127.0.0.1 -ip.bind=127.0.0.1
        -master.port="${ports[1]}" -master.port.grpc="${ports[2]}" -master.volumeSizeLimitMB=128
        -master.electionTimeout=1s -master.heartbeatInterval=200ms
        -master.telemetry=false -master.telemetry.url=http://127.0.0.1:1/
        -volume.port="${ports[3]}" -volume.port.grpc="${ports[4]}" -volume.max=60 -volume.minFreeSpace=1GiB
        -volume.preStopSeconds=0
        -filer -filer.port="${ports[5]}" -filer.port.grpc="${ports[6]}" -filer.localSocket="$directory/run/filer"
        -s3 -s3.port="${ports[0]}" -s3.port.grpc="${ports[7]}" -s3.localSocket="$directory/run/s3"
        -s3.config="$directory/configuration/s3.json" -s3.autoCreateBucket=false -s3.port.iceberg=0 -s3.port.lance=0
    )
    launch seaweedfs env GOMEMLIMIT=256MiB GOMAXPROCS=2 "$weed" "${options[@]}"
}

# Its servers talk through sockets whose place cannot be chosen; a SIGKILL leaves them.
tidy_engine() {
    local known=() number
    if [ -f "$directory/ports" ]; then read -ra known <"$directory/ports"; fi
    for number in 2 4 6 7; do
        if [ -n "${known[number]-}" ]; then rm -f /tmp/seaweedfs-*-grpc-"${known[number]}".sock; fi
    done
}
