#!/usr/bin/env python3
"""Writes what the pages in docs/commands quote from the program anew, in place.

    docs/commands/regenerate.py            in place
    docs/commands/regenerate.py --check    writes nothing; exit code 1 if a page is out of date

The text of `infra-analyze COMMAND --help` stands between `<!-- help: COMMAND -->` and `<!-- end -->`.
A command without a page gets one, a subcommand without a place is added to its command's page, and the
lists of commands in SUMMARY.md and in the first page of the folder are written between
`<!-- commands -->` and `<!-- end -->`. The manual page of every command must name the same options.
The program: $INFRA_ANALYZE, else the one on the PATH.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent
PROGRAM = shutil.which(os.environ.get("INFRA_ANALYZE", "infra-analyze")) or sys.exit("no program; set INFRA_ANALYZE")
END = "<!-- end -->"


def run(*arguments):
    """What the program prints, told as on a terminal of 100 columns."""
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    # Usage lines tell the name that the program was called by.
    done = subprocess.run(
        ["infra-analyze", *arguments], executable=PROGRAM, env=environment, capture_output=True, text=True
    )
    if done.returncode != 0:
        sys.exit(f"{PROGRAM} {' '.join(arguments)}: exit code {done.returncode}: {done.stderr.strip()}")
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()).strip("\n")


def subcommands(help_text):
    """Names and first words of the commands that a help lists."""
    found = re.search(r"^Commands:\n((?:  .*\n|\n)*)", help_text + "\n", re.M)
    lines = re.findall(r"^  (\S+) +(\S.*)$", found.group(1), re.M) if found else []
    return [(name, words) for name, words in lines if name != "help"]


def tree(*path):
    """A command and everything below it: path, help, description."""
    text = run(*path, "--help")
    yield path, text, text.split("\n\n")[0].replace("\n", " ")
    for name, _ in subcommands(text):
        yield from tree(*path, name)


def put(text, opening, body, where):
    """`text` with `body` after the marker `opening`."""
    pattern = re.compile(re.escape(opening) + r"\n.*?" + re.escape(END), re.S)
    if not pattern.search(text):
        sys.exit(f"{where}: no `{opening}` ... `{END}`")
    return pattern.sub(lambda _: f"{opening}\n{body}{END}", text, count=1)


def quoted(text):
    return f"\n```text\n{text}\n```\n\n"


def options(text):
    """Long options; troff writes a dash as `\\-`, and a change of font as `\\fB`."""
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", re.sub(r"\\f[BIPR]", "", text).replace("\\-", "-")))


def check_manual(path, help_text):
    # Examples may show other commands' options; only the lists of options count.
    told = "\n".join(re.findall(r"^ {2,6}(?:-\w, )?--\S.*$", help_text, re.M))
    missing = options(told) - options(run("man", *path)) - {"--help", "--version"}
    if missing:
        sys.exit(f"man {' '.join(path)}: does not name {', '.join(sorted(missing))}")


def pages():
    """What every page should be: path and text."""
    first = run("--help")
    check_manual((), first)
    rows, summary = [], []
    for name, _ in subcommands(first):
        page = HERE / f"{name}.md"
        text = page.read_text() if page.exists() else f"# `{name}`\n"
        for path, help_text, words in tree(name):
            check_manual(path, help_text)
            marker = f"<!-- help: {' '.join(path)} -->"
            if marker not in text:
                title = "Options" if len(path) == 1 else f"`{' '.join(path)}`"
                text = f"{text.rstrip()}\n\n## {title}\n\n{marker}\n{END}\n"
            text = put(text, marker, quoted(help_text), page)
            if len(path) == 1:
                rows.append(f"| [`{name}`]({name}.md) | {words} |\n")
        known = {f"<!-- help: {' '.join(path)} -->" for path, _, _ in tree(name)}
        for marker in re.findall(r"^<!-- help: .*? -->$", text, re.M):
            if marker not in known:
                sys.exit(f"{page}: {marker}: no such command")
        summary.append(f"  - [`{name}`](commands/{name}.md)\n")
        yield page, text
    page = HERE / "README.md"
    text = put(page.read_text(), "<!-- commands -->", "\n| command | does |\n| --- | --- |\n" + "".join(rows) + "\n", page)
    yield page, put(text, "<!-- help: -->", quoted(first), page)
    page = DOCS / "SUMMARY.md"
    yield page, put(page.read_text(), "<!-- commands -->", "".join(summary) + "  ", page)


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(f"usage: {sys.argv[0]} [--check]")
    stale = 0
    for page, text in pages():
        if page.exists() and page.read_text() == text:
            continue
        name = page.relative_to(DOCS.parent)
        if sys.argv[1:]:
            print(f"{name} is out of date; run docs/commands/regenerate.py", file=sys.stderr)
            stale = 1
        else:
            page.write_text(text)
            print(f"{name} written")
    sys.exit(stale)


if __name__ == "__main__":
    main()
