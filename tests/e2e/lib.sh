# Sourced by the scripts beside it. check NAME COMMAND...: one "ok" or "not ok" line.
# shellcheck shell=sh
work=$(mktemp -d "${TMPDIR:-/tmp}/tideline-e2e.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM

check() {
    name=$1; shift
    if "$@" > "$work/check.out" 2>&1; then echo "ok $name"; else
        head -c 2000 "$work/check.out"; echo; echo "not ok $name"
    fi
}

# holds NAME FILE FILTER: jq's filter must give true on the JSON document (or stream) in FILE.
holds() {
    if jq -e "$3" "$2" > "$work/holds.out" 2>&1; then echo "ok $1"; else
        echo "  filter: $3"; head -c 1000 "$work/holds.out"; echo "not ok $1"
    fi
}

same() { # NAME FILE FILE
    if cmp -s "$2" "$3"; then echo "ok $1"; else
        diff "$2" "$3" | head -20; echo "not ok $1"
    fi
}
