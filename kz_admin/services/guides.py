"""The guide page of each Problem: one file, read in the repository and in the product (docs/guides/problems)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from kz_admin.domain.guide_text import Guide, parse

FOLDER = Path(__file__).parents[2] / "docs" / "guides" / "problems"


@cache
def all_slugs() -> Sequence[str]:
    return sorted(path.stem for path in FOLDER.glob("*.md"))


@cache
def of(slug: str) -> Guide | None:
    """None for what has no page; only names that are there lead to a file."""
    if slug not in all_slugs():
        return None
    return parse((FOLDER / f"{slug}.md").read_text(encoding="utf-8"))


def titles() -> Sequence[tuple[str, str]]:
    """Slug and title of every page, by title."""
    known = ((slug, guide.title) for slug in all_slugs() if (guide := of(slug)) is not None)
    return sorted(known, key=lambda one: one[1].casefold())
