#!/usr/bin/env bash
# Makes datasets/runs and datasets/tables anew, and the list of their checksums.
#   datasets/regenerate.sh         in place
#   datasets/regenerate.sh DIR     into DIR (check.sh does this)
# The binary: $INFRA_ANALYZE, else target/release/infra-analyze.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=${INFRA_ANALYZE:-$here/../target/release/infra-analyze}
out=${1:-$here}

if [[ ! -x $binary ]]; then
    echo "$binary: no such program (cargo build --release, or set INFRA_ANALYZE)" >&2
    exit 3
fi
mkdir -p "$out/runs" "$out/tables/contagion"

for scenario in reference contagion late-policy; do
    "$binary" --quiet simulate flood --scenario "$scenario" -o "$out/runs/flood-$scenario.parquet" >/dev/null
done

# The tables: series and dependencies of contagion, as a monitoring system would hand them out.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$binary" --quiet export "$out/runs/flood-contagion.parquet" --format csv -o "$work" >/dev/null

# Fields by name; no field that is read here can hold a comma. Values are passed on as text.
columns='NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }'
awk -F, "$columns"'
    BEGIN { print "minute_from,component,metric,statistic,value" }
    $at["signal"] == "stress" || $at["signal"] == "load" {
        minute = $at["start_ns"] / 1000000000
        printf "2024-06-01T%02d:%02d:00Z,%s,%s,average,%s\n", \
            int(minute / 60), minute % 60, $at["service"], $at["signal"], $at["mean"]
    }' "$work/windows.csv" >"$out/tables/contagion/metrics.csv"
awk -F, "$columns"'
    BEGIN { print "caller,callee" }
    { print $at["dependent"] "," $at["dependency"] }' "$work/edges.csv" >"$out/tables/contagion/edges.csv"

cd "$out"
sha256sum runs/*.parquet runs/*.truth.json tables/contagion/*.csv >"$work/SHA256SUMS"
cp "$work/SHA256SUMS" SHA256SUMS
