"""ISO 4217 codes with the names QuickBooks shows beside them."""

from __future__ import annotations

import json
from pathlib import Path

NAMES: dict[str, str] = json.loads((Path(__file__).parent.parent / "schemas" / "iso.json").read_text(encoding="utf-8"))[
    "currencies"
]
