"""Every link of the documentation leads somewhere: files, anchors, and the built guide.

    python3 .ci/links.py             Markdown of the repository: relative links and their anchors
    python3 .ci/links.py FOLDER      the same for built HTML: href, src, and ids
    python3 .ci/links.py --commands  every `infra-analyze COMMAND --option` in documentation and recipes
                                     is one that the program ($INFRA_ANALYZE) has

Links with a scheme are not fetched. Exit code 1 if anything is broken, with file and line.
"""

import html.parser
import os
import posixpath
import re
import subprocess
import sys
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INLINE = re.compile(r"!?\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(\s*<?([^()\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
DEFINED = re.compile(r"^\s{0,3}\[[^\]]+\]:\s+<?(\S+?)>?\s*$")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)


def tracked(pattern):
    """Files under version control, or new and not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", pattern]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")
    return [ROOT / name for name in sorted(set(names)) if name and (ROOT / name).exists()]


def prose(text):
    """Lines with their numbers, without code."""
    fence = None
    for number, line in enumerate(text.splitlines(), 1):
        mark = re.match(r"\s*(?:>\s*)*(```+|~~~+)", line)
        if mark and fence is None:
            fence = mark.group(1)
        elif mark and mark.group(1).startswith(fence) and line.strip("> \t") == mark.group(1):
            fence = None
        elif fence is None:
            yield number, re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", lambda m: "x" * len(m.group(0)), line)


def anchors(path, known={}):
    """Names of a page's headings as renderers make them, and its own ids."""
    if path not in known:
        found, text = [], path.read_text()
        shown = dict(enumerate(text.splitlines(), 1))
        for number, line in prose(text):
            heading = re.match(r"#{1,6}\s+(.*?)\s*#*$", shown[number])
            if heading and line.lstrip().startswith("#"):
                words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.group(1)).lower()
                slug = re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", words))
                before = sum(1 for s in found if s == slug or re.fullmatch(re.escape(slug) + r"-\d+", s))
                found.append(f"{slug}-{before}" if before else slug)
        found += re.findall(r"\b(?:id|name)=\"([^\"]+)\"", text)
        known[path] = set(found)
    return known[path]


def problem(path, number, target):
    """What is wrong with a link of a Markdown file, or nothing."""
    if SCHEME.match(target):
        return None
    name, _, anchor = target.partition("#")
    to = path if not name else (path.parent / urllib.parse.unquote(name)).resolve()
    if not to.exists():
        return f"{path.relative_to(ROOT)}:{number}: {target}: no such file"
    if not to.is_relative_to(ROOT):
        return f"{path.relative_to(ROOT)}:{number}: {target}: leads out of the repository"
    if anchor and to.suffix == ".md" and anchor not in anchors(to):
        return f"{path.relative_to(ROOT)}:{number}: {target}: no such heading"
    return None


def markdown():
    count, problems = 0, []
    for path in tracked("*.md"):
        for number, line in prose(path.read_text()):
            for target in INLINE.findall(line) + DEFINED.findall(line):
                count += 1
                problems.append(problem(path, number, target))
    return count, [p for p in problems if p]


class Page(html.parser.HTMLParser):
    """Links and ids of a page."""

    def __init__(self, path):
        super().__init__()
        self.links, self.ids = [], set()
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id" and value:
                self.ids.add(value)
            if name in ("href", "src") and value:
                self.links.append((self.getpos()[0], value))


def built(folder):
    folder = Path(folder).resolve()
    pages = {path: Page(path) for path in sorted(folder.rglob("*.html"))}
    if not pages:
        sys.exit(f"{folder}: no pages")
    count, problems = 0, []
    for path, page in pages.items():
        # The page for missing pages is served at any address.
        for number, target in [] if path.name == "404.html" else page.links:
            if SCHEME.match(target) or target.startswith("//"):
                continue
            count += 1
            name, _, anchor = target.partition("#")
            to = path if not name else Path(posixpath.normpath(path.parent / urllib.parse.unquote(name)))
            where = f"{path.relative_to(folder)}:{number}: {target}"
            if not to.exists() or not to.is_relative_to(folder):
                problems.append(f"{where}: no such file")
            elif anchor and to in pages and urllib.parse.unquote(anchor) not in pages[to].ids:
                problems.append(f"{where}: no such place")
    return count, problems


def helps(path, known={}):
    """The help of a command."""
    if path not in known:
        program = os.environ.get("INFRA_ANALYZE", "infra-analyze")
        done = subprocess.run([program, *path, "--help"], capture_output=True, text=True)
        known[path] = done.stdout if done.returncode == 0 else None
    return known[path]


def shell_lines(text):
    """Lines of shell in a file, continued ones joined, with the number of the first."""
    whole, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        start = start if whole else number
        whole += line.rstrip("\\").strip() + " "
        if not line.rstrip().endswith("\\"):
            yield start, whole
            whole = ""


def commands():
    count, problems = 0, []
    files = tracked("README.md") + tracked("docs/*.md") + tracked("docs/recipes/*")
    for path in files:
        for number, line in shell_lines(path.read_text()):
            for call in re.findall(r"(?:infra-analyze|\$\(INFRA_ANALYZE\)) ([a-z][^|;&#`)]*)", line):
                words = call.split()
                command = ()
                for word in words:
                    listed = re.search(rf"^  {re.escape(word)}(?: |$)", helps(command) or "", re.M)
                    if not listed or not re.fullmatch(r"[a-z-]+", word):
                        break
                    command += (word,)
                where = f"{path.relative_to(ROOT)}:{number}"
                if not command:
                    # Prose may say the name without a command after it.
                    if any(word.startswith("--") for word in words):
                        problems.append(f"{where}: {words[0]}: no such command")
                    continue
                for option in re.findall(r"(?<![\w'-])--[a-z][a-z-]*", call):
                    count += 1
                    if not re.search(rf"{option}(?![\w-])", helps(command)):
                        problems.append(f"{where}: {' '.join(command)} has no {option}")
    return count, problems


def main():
    match sys.argv[1:]:
        case []:
            what, (count, problems) = "links of Markdown", markdown()
        case ["--commands"]:
            what, (count, problems) = "options in commands", commands()
        case [folder]:
            what, (count, problems) = "links of the built guide", built(folder)
        case _:
            sys.exit(__doc__)
    for line in problems:
        print(line, file=sys.stderr)
    print(f"{count} {what}, {len(problems)} broken")
    sys.exit(bool(problems) or count == 0)


if __name__ == "__main__":
    main()
