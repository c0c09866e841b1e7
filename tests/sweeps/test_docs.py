"""What the documents name is there; what is there, the documents name."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import ClassVar

import pytest

from tests.sweeps.files import texts

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("simulator/**/*.md")])
# Folders and files of ours that a document may name in backticks.
PATH = re.compile(
    r"`((?:kz_admin|jobs|templates|static|migrations|simulator|tests|bench|docs|\.ci)/[\w./-]*|"
    r"(?:app|bootstrap)\.py|Makefile|Procfile|app\.json|pyproject\.toml|requirements(?:-dev)?\.txt|constraints\.txt)`"
)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
FIRST_BROKEN = "{document}: {target} does not exist"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_it_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    missing = [target for target in PATH.findall(text) if not (ROOT / target).exists()]
    missing += [target for target in LINK.findall(text) if not (document.parent / target).exists()]
    assert missing == []


def test_nothing_points_out_of_the_repository() -> None:
    assert [name for name, text in texts() if "../" + "shared" in text] == []


def test_all_promises_are_here() -> None:
    with (ROOT / "docs" / "promises.csv").open(encoding="utf-8") as rows:
        ids = [row["id"] for row in csv.DictReader(rows)]
    assert len(ids) == len(set(ids)) == 238


def test_every_setting_is_documented() -> None:
    """config.py names the settings; docs/operations.md explains each of them."""
    from kz_admin import config

    class Noting(dict):  # type: ignore[type-arg]
        asked: ClassVar[set[str]] = set()

        def get(self, name: str, default: object = None) -> object:
            self.asked.add(name)
            return super().get(name, default)

    with pytest.raises(config.ConfigError):
        config.load(Noting())
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert sorted(name for name in Noting.asked if f"`{name}`" not in text) == []


def test_every_verb_of_the_makefile_is_in_the_readme_or_contributing() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)
    text = (ROOT / "README.md").read_text(encoding="utf-8") + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [verb for verb in verbs if f"make {verb}" not in text] == []


def test_every_problem_has_its_page_for_bookkeepers() -> None:
    """docs/guides/problems: linked from each card, short enough to be read, and in the form that we can show."""
    from kz_admin.domain.problems import Slug
    from kz_admin.services import guides

    besides = {"reconnect", "tax_total_differs"}  # a card of the connection, and a line that is no Problem
    assert set(guides.all_slugs()) == {*Slug, *besides}
    for slug in guides.all_slugs():
        guide = guides.of(slug)
        assert guide is not None
        headings = [block.parts[0][0].text for block in guide.blocks if block.kind == "heading"]
        assert headings == ["Why it happens", "What to do", "What happens afterwards"], slug
        assert sum(block.kind == "steps" for block in guide.blocks) == 1, slug
        words = (guides.FOLDER / f"{slug}.md").read_text(encoding="utf-8").split()
        assert 80 <= len(words) <= 210, slug
