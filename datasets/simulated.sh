#!/usr/bin/env bash
# Makes the simulated incidents that docs/accuracy.md scores, a folder a set, each run with its truth.
#   datasets/simulated.sh DIR && infra-analyze evaluate DIR/*
# The binary: $INFRA_ANALYZE, else target/release/infra-analyze. Takes about 25 s and 90 MB.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=${INFRA_ANALYZE:-$here/../target/release/infra-analyze}
out=${1:?usage: simulated.sh DIR}
[[ -x $binary ]] || { echo "$binary: no such program (cargo build --release, or set INFRA_ANALYZE)" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# run SET NAME WORLD ARGUMENTS...
run() {
    local set=$1 name=$2
    shift 2
    mkdir -p "$out/$set"
    "$binary" --quiet simulate "$@" -o "$out/$set/$name.parquet" >/dev/null
}

# The 60 tasks of the mesh catalogue, by the specification's rules.
for task in $("$binary" simulate --list | grep -o 'task_[a-z0-9_]*' | sort -u); do
    run mesh-tasks "$task" mesh --scenario "$task"
done

# 200 connected systems of 20 to 200 services, twelve ticks of normal time, one fault of any kind.
cat >"$work/connected.toml" <<'T'
schema = "infra-scenario/1"
world = "mesh"
name = "connected"
ticks = 42
[connected]
warmup = 12
T
sed 's/^warmup = 12/warmup = 12\nfaults = 0/' "$work/connected.toml" >"$work/quiet.toml"
for i in $(seq 1 200); do
    run mesh-connected "episode-$i" mesh --scenario "$work/connected.toml" --seed $((1000 + i)) \
        --set "connected.services=$((20 + (i * 37) % 181))"
done

# The coupled showcases and the queue's profiles, twenty seeds each; calm runs of three worlds.
for i in $(seq 1 20); do
    for name in exp-001 exp-002 exp-003 retry-storm pool-exhaustion; do
        run queue "$name-$i" queue --scenario "$name" --seed "$i"
    done
    for name in contagion late-policy; do run flood "$name-$i" flood --scenario "$name" --seed "$i"; done
    run systems "cascading-outage-$i" systems --scenario cascading-outage --seed "$i"
    run calm "systems-$i" systems --scenario calm --seed "$i"
    run calm "mesh-$i" mesh --scenario "$work/quiet.toml" --seed $((5000 + i)) \
        --set "connected.services=$((20 + i * 9))"
done
for i in 1 2 3; do
    for name in sector-outage rogue-cluster message-flood; do
        run coordination "$name-$i" coordination --scenario "$name" --seed "$i"
    done
    run coordination "conflicting-coordinator-$i" coordination --scenario conflicting-coordinator --seed "$i"
    run calm "coordination-$i" coordination --scenario reference --seed "$i"
done
