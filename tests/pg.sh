# Sourced from the project's folder: a throw-away PostgreSQL server (15 or newer, for jsonlog) on the loopback
# and a socket in its own folder, as an unprivileged user also when root runs this. It touches no cluster of the system's.
# shellcheck shell=sh
# pg_find: $PGBIN, the newest server's programs; false: there is none.
pg_find() {
    PGBIN=
    for d in $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin 2>/dev/null | sort -V) \
        "$(pg_config --bindir 2>/dev/null)" "$(dirname "$(command -v initdb 2>/dev/null || echo /nowhere/x)")"; do
        for p in initdb postgres pg_ctl psql pgbench; do [ -x "$d/$p" ] || continue 2; done
        [ "$("$d/postgres" -V | sed 's/^[^0-9]*\([0-9]*\).*/\1/')" -ge 15 ] && PGBIN=$d
    done
    [ -n "$PGBIN" ]
}

# pg_as COMMAND...: as the server's user (root may run no server).
pg_as() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups env HOME="$PGDIR" "$@"
    else "$@"; fi
}

pg_free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# pg_new: makes $PGDIR (data, socket, log/server.log .csv .json) and exports PGHOST, PGPORT, PGUSER, PGDATABASE.
# The owner is "postgres". Standard input: lines to add to postgresql.conf.
pg_new() {
    PGDIR=$(mktemp -d /tmp/tideline-pg.XXXXXX) || return 1
    [ "$(id -u)" -ne 0 ] || chown nobody "$PGDIR"
    PGHOST=$PGDIR; PGPORT=$(pg_free_port); PGUSER=postgres; PGDATABASE=postgres
    export PGDIR PGHOST PGPORT PGUSER PGDATABASE
    cat > "$PGDIR/conf"
    (cd "$PGDIR" && pg_as "$PGBIN/initdb" -D "$PGDIR/data" -U postgres -A trust -E UTF8 --no-locale -N > "$PGDIR/initdb.out" 2>&1) || {
        cat "$PGDIR/initdb.out"; return 1; }
    # shellcheck disable=SC2024
    {
        cat <<CONF
listen_addresses = '127.0.0.1'
port = $PGPORT
unix_socket_directories = '$PGDIR'
fsync = off
shared_buffers = 32MB
log_timezone = 'UTC'
timezone = 'UTC'
lc_messages = 'C'
logging_collector = on
log_destination = 'stderr,csvlog,jsonlog'
log_directory = '$PGDIR/log'
log_filename = 'server.log'
log_file_mode = 0644
log_rotation_age = 0
log_rotation_size = 0
log_truncate_on_rotation = off
log_line_prefix = '%t:%r:%u@%d:[%p]:'
CONF
        cat "$PGDIR/conf"
    } > "$PGDIR/conf.all"
    pg_as sh -c 'cat "$PGDIR/conf.all" >> "$PGDIR/data/postgresql.conf"'
}

# pg_start: waits until it answers. After a crash its orphans may hold the memory for a moment: tries again.
pg_start() {
    tries=0
    until (cd "$PGDIR" && pg_as "$PGBIN/pg_ctl" -D "$PGDIR/data" -l "$PGDIR/start.log" -w -t 30 start > "$PGDIR/pg_ctl.out" 2>&1); do
        tries=$((tries + 1))
        [ $tries -lt 20 ] || { cat "$PGDIR/pg_ctl.out" "$PGDIR/start.log"; return 1; }
        sleep 0.25
    done
}

pg_stop() { # MODE
    (cd "$PGDIR" && pg_as "$PGBIN/pg_ctl" -D "$PGDIR/data" -m "$1" -w -t 30 stop > "$PGDIR/pg_ctl.out" 2>&1)
}

# pg_gone: stops what still runs, and removes the folder.
pg_gone() {
    [ -n "${PGDIR:-}" ] && [ -d "$PGDIR" ] || return 0
    [ ! -f "$PGDIR/data/postmaster.pid" ] || pg_stop immediate || kill -9 "$(head -1 "$PGDIR/data/postmaster.pid")" 2>/dev/null
    rm -rf "$PGDIR"
}
