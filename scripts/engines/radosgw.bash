# shellcheck shell=bash disable=SC2154  # sourced by scripts/s3-engine, whose names these are
# Ceph's RADOS gateway (https://docs.ceph.com/en/latest/radosgw/) over one monitor and one object store daemon that keeps
# its objects in memory. No manager, no authentication between the daemons: they meet on loopback alone.

# Where the programs lie: the system's, else those that scripts/setup unpacked.
find_ceph() {
    ceph_root=""
    if [ -x /usr/bin/radosgw ] && [ -x /usr/bin/ceph-mon ] && [ -x /usr/bin/ceph-osd ]; then return; fi
    ceph_root=$root/.build-ceph/root
    if [ ! -f "$root/.build-ceph/stamp" ]; then fail "no Ceph: scripts/setup brings it"; fi
}

find_libraries() {
    local folder
    for folder in "$ceph_root"/usr/lib/*-linux-gnu*/rados-classes; do libraries=${folder%/rados-classes}; done
    if [ -z "$ceph_root" ]; then return; fi
    export LD_LIBRARY_PATH=$libraries:$libraries/ceph:$ceph_root/lib/${libraries##*/}
    export PYTHONPATH=$ceph_root/usr/lib/python3/dist-packages
}

write_configuration() {
    cat >"$state/ceph.conf" <<CONF
[global]
fsid = $cluster
mon_host = [v1:127.0.0.1:${ports[1]}/0]
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
public_network = 127.0.0.0/8
ms_bind_msgr2 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
auth_allow_insecure_global_id_reclaim = true
run_dir = $state/run
admin_socket =
pid_file =
log_file = $directory/log/\$name-ceph.log
crash_dir = $state/crash
plugin_dir = $libraries/ceph
erasure_code_dir = $libraries/ceph/erasure-code
osd_class_dir = $libraries/rados-classes
osd_erasure_code_plugins =
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_max_pg_per_osd = 1000
paxos_propose_interval = 0.02
paxos_min_wait = 0.01
[mon]
mon_data = $state/mon
mon_data_avail_crit = 1
mon_data_avail_warn = 1
[osd]
osd_data = $state/osd
osd_objectstore = memstore
# It is placed below by hand: its own commands at the start reach the monitor before it knows the cluster, now and then,
# and then it ends ("wrong fsid").
osd_class_update_on_start = false
osd_crush_update_on_start = false
memstore_device_bytes = 1073741824
osd_memory_target = 939524096
osd_op_num_shards = 2
osd_op_num_threads_per_shard = 1
osd_heartbeat_grace = 60
osd_scrub_begin_hour = 0
osd_scrub_end_hour = 0
[client]
rgw_data = $state/run
rgw_frontends = beast endpoint=127.0.0.1:${ports[0]}
rgw_thread_pool_size = 32
rgw_num_control_oids = 1
rgw_override_bucket_index_max_shards = 1
rgw_dynamic_resharding = false
rgw_enable_gc_threads = false
rgw_enable_lc_threads = false
rgw_enable_quota_threads = false
rgw_run_sync_thread = false
rgw_enable_usage_log = false
rgw_enable_ops_log = false
rgw_s3_auth_use_sts = false
rgw_crypt_require_ssl = false
CONF
}

# What a step of the making of the cluster says goes to a log.
attempt_step() { timeout 20 "$@" >>"$directory/log/setup.log" 2>&1; }

step() { attempt_step "$@" || show_logs_and_fail "failed: $*"; }

# The distribution's modules fit the distribution's Python alone. A client's first words may come before the monitor has
# told it of the cluster, and are then refused.
ask_monitor() {
    local command=(/usr/bin/python3 "$ceph_root/usr/bin/ceph" --conf "$state/ceph.conf" --connect-timeout 20 "$@")
    for _ in 1 2 3 4; do
        if attempt_step "${command[@]}"; then return; fi
    done
    step "${command[@]}"
}

launch_engine() {
    find_ceph
    find_libraries
    choose_ports 2
    state=$directory/ceph
    cluster=$(</proc/sys/kernel/random/uuid)
    local programs=$ceph_root/usr/bin storage
    storage=$(</proc/sys/kernel/random/uuid)
    # The objects were in memory, so nothing of an earlier run is of use.
    rm -rf "$state"
    mkdir -p "$state/mon" "$state/osd" "$state/run"
    write_configuration
    local configured=(--conf "$state/ceph.conf")
    step "$programs/monmaptool" --create --fsid "$cluster" --addv a "[v1:127.0.0.1:${ports[1]}]" "$state/monmap"
    step "$programs/ceph-mon" --mkfs "${configured[@]}" --id a --monmap "$state/monmap"
    launch mon "$programs/ceph-mon" "${configured[@]}" --id a -f
    ask_monitor osd new "$storage"
    ask_monitor osd crush add osd.0 1 root=default host=localhost
    step "$programs/ceph-osd" --mkfs "${configured[@]}" --id 0 --osd-uuid "$storage"
    launch osd "$programs/ceph-osd" "${configured[@]}" --id 0 -f
    step "$programs/radosgw-admin" user create "${configured[@]}" --uid tollgate --display-name Tollgate \
        --access-key "$access_key" --secret "$secret_key"
    step "$programs/radosgw-admin" user create "${configured[@]}" --uid other --display-name Other \
        --access-key "$other_access_key" --secret "$other_secret_key"
    launch radosgw "$programs/radosgw" "${configured[@]}" --name client.rgw -f
}

tidy_engine() { :; }
