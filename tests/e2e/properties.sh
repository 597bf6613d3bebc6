#!/bin/sh
# What must be true of every upgrade, on worlds of known truth (worlds.py): SEEDS=20 for more of them.
set -u
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh
case ${BUILD:-} in *asan*) seeds=1 ;; *) seeds=2 ;; esac
PYTHONDONTWRITEBYTECODE=1 python3 tests/e2e/properties.py "$TIDELINE" "$work" "${SEEDS:-$seeds}"
