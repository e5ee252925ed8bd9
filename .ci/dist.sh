#!/usr/bin/env bash
# The archive of `make dist`: packed twice with the same bytes, unpacked, and used.
#   $INFRA_ANALYZE    the binary (target/release/infra-analyze)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The wheel has a test of its own.
mkdir -p "$work/bin"
path=$PATH
if command -v maturin >/dev/null; then
    path=$(printf %s "$PATH" | tr : '\n' | while read -r d; do [[ -x $d/maturin ]] || printf '%s:' "$d"; done)
fi
PATH=$path bash "$root/packaging/dist.sh" "$work/one"
PATH=$path bash "$root/packaging/dist.sh" "$work/two" >/dev/null
cmp "$work"/one/*.tar.gz "$work"/two/*.tar.gz
(cd "$work/one" && sha256sum --check --quiet SHA256SUMS)

mkdir "$work/usr"
tar xzf "$work"/one/*.tar.gz -C "$work/usr" --strip-components 1
[[ $(find "$work/usr" -type f -printf '%T@\n' | sort -u | wc -l) == 1 ]] || { echo "dist: times are not fixed" >&2; exit 1; }
program=$work/usr/bin/infra-analyze
"$program" --version
(cd "$work" && env -i PATH=/usr/bin:/bin "$program" simulate flood -o run.parquet >/dev/null)
(cd "$work" && env -i PATH=/usr/bin:/bin "$program" report run.parquet | grep -q "localized overload")
for file in REQUIREMENTS README.md LICENSE-APACHE LICENSE-MIT; do test -s "$work/usr/share/doc/infra-analyze/$file"; done

# Completions parse, and know the commands.
bash -n "$work/usr/share/bash-completion/completions/infra-analyze"
bash -euc '
    source "$1"
    COMP_WORDS=(infra-analyze rep) COMP_CWORD=1 COMPREPLY=()
    $(complete -p infra-analyze | sed "s/.*-F \([^ ]*\).*/\1/") infra-analyze rep infra-analyze
    [[ " ${COMPREPLY[*]} " == *" report "* ]]
' - "$work/usr/share/bash-completion/completions/infra-analyze"
if command -v zsh >/dev/null; then zsh -n "$work/usr/share/zsh/site-functions/_infra-analyze"; fi
if command -v fish >/dev/null; then fish --no-execute "$work/usr/share/fish/vendor_completions.d/infra-analyze.fish"; fi

# Manual pages render; a page that cannot be read says so on standard error.
pages=0
for page in "$work"/usr/share/man/man1/*.gz; do
    if command -v mandoc >/dev/null; then
        gzip -dc "$page" | mandoc -T lint -W error
    elif command -v groff >/dev/null; then
        said=$(gzip -dc "$page" | groff -man -ww -Tutf8 -P-c 2>&1 >"$work/page.txt")
        [[ -z $said && -s $work/page.txt ]] || { echo "dist: ${page##*/}: $said" >&2; exit 1; }
    fi
    pages=$((pages + 1))
done
[[ $pages -gt 20 ]]
echo "dist: $pages manual pages, completions and program ok"
