"""What a browser and a screen reader would notice on any page: the test client looks at each page it opens."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
SILENT_INPUTS = ("hidden", "submit", "button", "reset", "image")
ADDRESS = re.compile(r"https?://\S+")  # a redirect's body repeats where it leads, with a token of random letters
NEVER_WRITTEN = re.compile(r"\b(please|sorry|oops|invalid|illegal|an error occurred|QBO?)\b", re.IGNORECASE)
BUTTON_LIKE = ("button", "a", "summary")


class Page(HTMLParser):
    """One parsed page (or fragment) and what is wrong with it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.texts: list[str] = []
        self._ours: list[str] = []  # what stands in no quotation: a provider may write what we never do
        self.headings: list[tuple[int, str]] = []
        self.links: list[str] = []
        self.problems: list[str] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self._ids: Counter[str] = Counter()
        self._labelled: set[str] = set()
        self._inputs: list[tuple[str, dict[str, str], bool]] = []
        self._names: list[str] = []
        self.feed(html)
        self.close()
        self._judge(html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self._note(tag, attributes)
        if tag not in VOID:
            self._open.append((tag, attributes))
            if tag in BUTTON_LIKE:
                self._names.append(attributes.get("aria-label", "") or attributes.get("aria-labelledby", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1][0] != tag:
            inside = self._open[-1][0] if self._open else "nothing"
            self.problems.append(f"</{tag}> closes <{inside}>")
            return
        _, attributes = self._open.pop()
        if tag in BUTTON_LIKE and not self._names.pop().strip():
            self.problems.append(f"a <{tag}> without a name: {attributes}")

    def handle_data(self, data: str) -> None:
        if not self._open:
            return
        tags = [tag for tag, _ in self._open]
        if "script" in tags or "style" in tags:
            if data.strip():
                self.problems.append(f"inline <{tags[-1]}>")
            return
        if tags[-1] == "title" and "svg" not in tags:
            self.title += data
            return
        self._names = [name + data for name in self._names]
        if heading := next((tag for tag in reversed(tags) if re.fullmatch(r"h[1-6]", tag)), None):
            self._add_to_heading(int(heading[1]), data)
        self.texts.append(data)
        if "q" not in tags:
            self._ours.append(data)

    def _add_to_heading(self, level: int, data: str) -> None:
        if self.headings and self.headings[-1][1] == "":
            self.headings[-1] = (level, data.strip())

    def _note(self, tag: str, attributes: dict[str, str]) -> None:
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))
        if "id" in attributes:
            self._ids[attributes["id"]] += 1
        if tag == "label" and "for" in attributes:
            self._labelled.add(attributes["for"])
        if tag in ("input", "select", "textarea") and attributes.get("type") not in SILENT_INPUTS:
            inside_label = any(open_tag == "label" for open_tag, _ in self._open)
            self._inputs.append((tag, attributes, inside_label))
        if tag == "img":
            self._names = [name + attributes.get("alt", "") for name in self._names]
            if "alt" not in attributes:
                self.problems.append("an <img> without alt")
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        self._note_inline(tag, attributes)

    def _note_inline(self, tag: str, attributes: dict[str, str]) -> None:
        for name, value in attributes.items():
            if name == "style" or name.startswith("on"):
                self.problems.append(f"inline {name}= on <{tag}>")
            if value.strip().lower().startswith("javascript:"):
                self.problems.append(f"javascript: in {name} of <{tag}>")

    def _judge(self, html: str) -> None:
        whole = "<html" in html
        self.problems += [f"<{tag}> is never closed" for tag, _ in self._open if tag not in ("html", "body", "p", "li")]
        self.problems += [f"the id {name!r} stands {count} times" for name, count in self._ids.items() if count > 1]
        for tag, attributes, inside_label in self._inputs:
            named = attributes.get("aria-label") or attributes.get("aria-labelledby")
            if not (inside_label or named or attributes.get("id") in self._labelled):
                self.problems.append(f"a <{tag}> without a label: {attributes.get('name')}")
        if found := NEVER_WRITTEN.search(ADDRESS.sub("", " ".join(self._ours))):
            self.problems.append(f"the word {found.group()!r} on screen")
        if whole:
            self._judge_outline()

    def _judge_outline(self) -> None:
        if not self.title.strip():
            self.problems.append("no title")
        firsts = [text for level, text in self.headings if level == 1]
        if len(firsts) != 1:
            self.problems.append(f"{len(firsts)} first headings: {firsts}")
        levels = [level for level, _ in self.headings]
        for before, after in pairwise(levels):
            if after > before + 1:
                self.problems.append(f"heading level jumps from {before} to {after}")


class InspectingClient(FlaskClient):
    """Opens pages like a browser and fails the test when one of them is not in order."""

    inspects = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if self.inspects and response.mimetype == "text/html" and response.text.strip():
            page = Page(response.text)
            assert not page.problems, f"{response.request.path}: " + "; ".join(page.problems)
        return response

    def page(self, path: str, **kwargs: Any) -> Page:
        response = self.get(path, **kwargs)
        assert response.status_code == 200, f"{path}: {response.status}"
        return Page(response.text)

    def submit(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """POST a form with the token of this browser's session, as a page of ours would."""
        return self.post(path, data={"csrf_token": self.csrf_token(), **(data or {})}, **kwargs)

    def csrf_token(self) -> str:
        self.inspects = False
        try:
            html = self.get("/kz-admin/login/forgot").text
        finally:
            self.inspects = True
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
        assert found, "no form with a token on the page that everybody may open"
        return found.group(1)
