"""ISO 3166: from any usual spelling of a country to its three letters."""

from __future__ import annotations

import json
from pathlib import Path

_ISO = json.loads((Path(__file__).parent.parent / "schemas" / "iso.json").read_text(encoding="utf-8"))
_OTHER_SPELLINGS = {
    "u.s.": "USA", "u.s.a.": "USA", "united states of america": "USA", "america": "USA",
    "uk": "GBR", "u.k.": "GBR", "great britain": "GBR", "england": "GBR", "scotland": "GBR", "wales": "GBR",
    "holland": "NLD", "south korea": "KOR", "russia": "RUS", "czech republic": "CZE", "turkey": "TUR",
}  # fmt: skip

ALPHA3: dict[str, str] = {
    spelling.casefold(): code for code, (alpha2, name) in _ISO["countries"].items() for spelling in (code, alpha2, name)
} | _OTHER_SPELLINGS
