"""The files of this repository, as git sees them, and their text."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
WITHOUT_TEXT = (".woff2", ".png", ".ico", ".gz")


def texts() -> Iterator[tuple[str, str]]:
    """(path, text) of every file that is tracked or would be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in sorted(set(listed.splitlines())):
        path = ROOT / name
        if path.is_file() and path.suffix not in WITHOUT_TEXT:
            yield name, path.read_text(encoding="utf-8", errors="ignore")
