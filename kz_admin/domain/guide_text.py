"""The small part of Markdown that our guides for single problems are written in: headings, paragraphs, numbered steps,
and bold, slanted and code inside them. Everything else is text, so nothing in a file can become markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

STEP = re.compile(r"\d+\. ")
_MARKED = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\*(?P<em>[^*]+)\*|`(?P<code>[^`]+)`")


@dataclass(frozen=True)
class Piece:
    """A few words, and how they are set: "", strong, em or code."""

    text: str
    style: str = ""


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, or numbered steps."""

    kind: str
    parts: Sequence[Sequence[Piece]]


@dataclass(frozen=True)
class Guide:
    title: str
    blocks: Sequence[Block]


def parse(text: str) -> Guide:
    title, *rest = (part for part in text.split("\n\n") if part.strip())
    return Guide(title.removeprefix("# ").strip(), tuple(_block(part.strip("\n")) for part in rest))


def _block(text: str) -> Block:
    if text.startswith("## "):
        return Block("heading", (_pieces(text.removeprefix("## ")),))
    if STEP.match(text):
        return Block("steps", tuple(_pieces(step) for step in _steps(text)))
    return Block("text", (_pieces(text),))


def _steps(text: str) -> Iterator[str]:
    """A step goes on until the next number at the beginning of a line."""
    step = ""
    for line in text.splitlines():
        if STEP.match(line):
            if step:
                yield step
            step = STEP.sub("", line, count=1)
        else:
            step = f"{step} {line.strip()}"
    yield step


def _pieces(text: str) -> tuple[Piece, ...]:
    plain, found, end = " ".join(text.split()), list[Piece](), 0
    for marked in _MARKED.finditer(plain):
        if marked.start() > end:
            found.append(Piece(plain[end : marked.start()]))
        found.append(Piece(marked[marked.lastgroup or 0], marked.lastgroup or ""))
        end = marked.end()
    return tuple(found + ([Piece(plain[end:])] if end < len(plain) else []))
