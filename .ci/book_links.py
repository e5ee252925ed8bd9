#!/usr/bin/env python3
"""Preprocessor of the guide: links that lead out of docs/ become the text and the file's path.

In the repository such a link opens the file; the built guide is read without the repository.
mdBook calls this with `supports RENDERER`, and otherwise gives `[context, book]` as JSON.
"""

import json
import posixpath
import re
import sys

LINK = re.compile(r"(?<!!)\[([^\[\]]*)\]\(([^()\s]+)\)")


def named(text, folder):
    def replace(match):
        words, target = match.groups()
        if re.match(r"[a-z]+:|#|/", target):
            return match.group(0)
        path = posixpath.normpath(posixpath.join(folder, target.split("#")[0]))
        # A page stays a link; so does what mdBook copies because it lies beside the pages. The first
        # page of a folder is called README in the repository and index in the guide.
        if not path.startswith(".."):
            target = re.sub(r"(^|/)README[.]md", r"\1index.md", target)
            return f"[{words}]({target})"
        path = re.sub(r"^(\.\./)+", "", path)
        return f"`{path}`" if words.strip("`") == path else f"{words} (`{path}`)"

    # Code stays as it is.
    parts = re.split(r"(^```.*?^```|`[^`\n]+`(?!\]))", text, flags=re.S | re.M)
    return "".join(part if i % 2 else LINK.sub(replace, part) for i, part in enumerate(parts))


def walk(items):
    for item in items:
        chapter = item.get("Chapter") if isinstance(item, dict) else None
        if chapter:
            folder = posixpath.dirname(chapter.get("source_path") or "")
            chapter["content"] = named(chapter["content"], folder)
            walk(chapter["sub_items"])


def main():
    if len(sys.argv) > 1:
        sys.exit(0 if sys.argv[1:] == ["supports", "html"] else 1)
    _, book = json.load(sys.stdin)
    walk(book.get("items", book.get("sections", [])))
    json.dump(book, sys.stdout)


if __name__ == "__main__":
    main()
