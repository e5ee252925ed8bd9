#!/usr/bin/env bash
# Packs the built program into an archive: packaging/dist.sh [FOLDER], by default dist/.
#   $INFRA_ANALYZE       the binary (target/release/infra-analyze)
#   $SOURCE_DATE_EPOCH   times in the archive (the last commit's)
# The same binary gives the same bytes. Beside the archive: SHA256SUMS, and the wheel of the Python
# package where pyproject.toml and maturin are there.
set -euo pipefail
export LC_ALL=C
umask 022

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=${1:-$root/dist}
binary=${INFRA_ANALYZE:-$root/target/release/infra-analyze}
if [[ ! -x $binary ]]; then
    echo "dist: $binary: no such program (make build, or set INFRA_ANALYZE)" >&2
    exit 1
fi
for tool in objdump strip tar gzip sha256sum; do
    command -v "$tool" >/dev/null || { echo "dist: $tool is missing (binutils, coreutils)" >&2; exit 1; }
done
: "${SOURCE_DATE_EPOCH:=$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 315532800)}"
export SOURCE_DATE_EPOCH

version=$("$binary" --version | cut -d' ' -f2)
name=infra-analyze-$version-$(uname -m)-linux
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/$name
documents=$tree/share/doc/infra-analyze
mkdir -p "$tree"/{bin,share/man/man1,share/bash-completion/completions} \
    "$tree"/share/{zsh/site-functions,fish/vendor_completions.d} "$documents" "$out"

install -m 755 "$binary" "$tree/bin/infra-analyze"
strip "$tree/bin/infra-analyze"

# What the program needs of a system: a C library, and no other.
needed=$(objdump -p "$tree/bin/infra-analyze" | awk '$1 == "NEEDED" { print $2 }' | sort)
unknown=$(grep -Ev '^(libc|libm|libgcc_s|ld-linux-x86-64|ld-linux-aarch64|libdl|libpthread|librt)\.so' <<<"$needed" || true)
if [[ -n $unknown ]]; then
    echo "dist: the binary needs more than a C library: $unknown" >&2
    exit 1
fi
glibc=$(objdump -T "$tree/bin/infra-analyze" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1)
{
    echo "infra-analyze $version"
    echo "system: Linux on $(uname -m), glibc ${glibc#GLIBC_} or newer"
    echo "libraries:" $needed
} >"$documents/REQUIREMENTS"

# Manual pages of the program, its commands and theirs.
commands() { "$binary" "$@" --help | awk '/^Commands:/ { on = 1; next } /^$/ { on = 0 } on && /^  [a-z]/ && $1 != "help" { print $1 }'; }
manual() {
    local title=infra-analyze path command
    for path; do title+=-$path; done
    "$binary" man "$@" | gzip -n -9 >"$tree/share/man/man1/$title.1.gz"
    for command in $(commands "$@"); do manual "$@" "$command"; done
}
manual

"$binary" completions bash >"$tree/share/bash-completion/completions/infra-analyze"
"$binary" completions zsh >"$tree/share/zsh/site-functions/_infra-analyze"
"$binary" completions fish >"$tree/share/fish/vendor_completions.d/infra-analyze.fish"
install -m 644 "$root"/{README.md,CHANGELOG.md,LICENSE,LICENSE-APACHE,LICENSE-MIT} "$documents"

tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --format=ustar \
    -C "$work" -cf - "$name" | gzip -n -9 >"$work/$name.tar.gz"
mv "$work/$name.tar.gz" "$out/$name.tar.gz"

if [[ -f $root/pyproject.toml ]] && command -v maturin >/dev/null; then
    (cd "$root" && maturin build --release --locked --out "$out")
else
    echo "dist: no wheel (pyproject.toml and maturin are needed)" >&2
fi
(cd "$out" && sha256sum -- "$name.tar.gz" $(ls | grep '\.whl$' || true) >SHA256SUMS)
cat "$documents/REQUIREMENTS"
(cd "$out" && ls -l "$name.tar.gz" | awk '{ print $5, $9 }')
