#!/usr/bin/env bash
# Writes the excerpts of the pages in docs/worlds, and of docs/first-report.md, anew, in place.
#   docs/worlds/regenerate.sh            in place
#   docs/worlds/regenerate.sh --check    writes nothing; exit code 1 if a page is out of date
# What is generated stands between `<!-- ... -->` and `<!-- end -->`:
#   <!-- excerpt: WORLD SCENARIO -->         from the report: the verdict, and the section in the world's own terms
#   <!-- inspect: WORLD SCENARIO ROWS -->    the rows that `inspect --rows ROWS` prints
# The program: $INFRA_ANALYZE, else the one on the PATH.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${INFRA_ANALYZE:-infra-analyze}
check=false
case ${1:-} in
    '') ;;
    --check) check=true ;;
    *)
        echo "usage: ${0##*/} [--check]" >&2
        exit 2
        ;;
esac
if ! command -v "$program" >/dev/null; then
    echo "$program: no such program (cargo install --path cli, or set INFRA_ANALYZE)" >&2
    exit 3
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The run of a built-in scenario; made once.
run() {
    local file=$work/$1-$2.parquet
    [[ -f $file ]] || "$program" --quiet simulate "$1" --scenario "$2" --output "$file" >/dev/null
    echo "$file"
}

# Empty lines at the end go, those in a row become one.
tidy() {
    awk '{ sub(/[ \t]+$/, "") } /^$/ { empty = 1; next } { if (empty && any) print ""; print; any = 1; empty = 0 }'
}

excerpt() { # WORLD SCENARIO
    "$program" --quiet report "$(run "$1" "$2")" -o "$work/report.md" >/dev/null
    awk '
        /^## In the terms of the / { on = 1; print ""; print "**" substr($0, 4) "**"; next }
        /^## / || /^Numbers in brackets/ { on = 0 }
        /^\*\*Verdict:/ { on = 1; any = 1 }
        on
        END { if (!any) exit 1 }
    ' "$work/report.md" | tidy | sed 's/^/> /; s/ $//'
}

inspection() { # WORLD SCENARIO ROWS
    printf '```sh\ninfra-analyze inspect %s.parquet --rows %s\n```\n\n```text\n' "$2" "$3"
    "$program" --quiet inspect "$(run "$1" "$2")" --rows "$3" | tidy
    printf '```\n'
}

status=0
for page in "$here"/*.md "$here"/../first-report.md; do
    name=${page##*/}
    parts=0
    while read -r _ kind world scenario rows _; do
        parts=$((parts + 1))
        case $kind in
            excerpt:) excerpt "$world" "$scenario" >"$work/part.$parts" ;;
            inspect:) inspection "$world" "$scenario" "$rows" >"$work/part.$parts" ;;
        esac
    done < <(grep -E '^<!-- (excerpt|inspect): ' "$page" || true)
    awk -v part="$work/part." '
        /^<!-- (excerpt|inspect): / {
            if (skip) exit 1
            skip = 1; print; print ""
            file = part (++n)
            while ((getline line < file) > 0) print line
            print ""
            next
        }
        /^<!-- end -->$/ { if (!skip) exit 1; skip = 0 }
        !skip
        END { if (skip) exit 1 }
    ' "$page" >"$work/$name" || {
        echo "$name: markers do not match" >&2
        exit 1
    }
    if cmp -s "$page" "$work/$name"; then
        continue
    elif $check; then
        echo "$name is out of date; run docs/worlds/regenerate.sh" >&2
        diff "$page" "$work/$name" | head -n 20 >&2 || true
        status=1
    else
        cp "$work/$name" "$page"
        echo "$name: $parts parts written"
    fi
done
exit $status
