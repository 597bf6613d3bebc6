#!/bin/sh
# Worlds of known truth for every strategy, and what the builder makes of their evidence (tests/sim).
#   WORLDS=10000 sh tests/e2e/sim.sh
set -u
"${BUILD:-build/release}/sim" --worlds "${WORLDS:-1500}"
