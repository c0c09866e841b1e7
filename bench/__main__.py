"""`python -m bench [name …]`: every bench in this folder, or the named ones, each with its own table.

A bench is a module here that prints a table when it is run and ends with 0 when all its budgets are met. What they
printed, and whether it was enough, is kept in build/bench.json.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
RESULT = HERE.parent / "build" / "bench.json"


def names() -> list[str]:
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def run(name: str) -> dict[str, object]:
    print(f"== {name}", flush=True)
    process = subprocess.Popen([sys.executable, "-m", f"bench.{name}"], stdout=subprocess.PIPE, text=True)
    table = []
    assert process.stdout
    for line in process.stdout:
        print(line, end="", flush=True)
        table.append(line.rstrip())
    return {"met": process.wait() == 0, "table": table}


def main(wanted: list[str]) -> int:
    unknown = sorted(set(wanted) - set(names()))
    if unknown:
        print(f"there is no bench {', '.join(unknown)}; there are: {', '.join(names())}", file=sys.stderr)
        return 2
    results = {name: run(name) for name in wanted or names()}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(results, indent=1), encoding="utf-8")
    return 0 if all(result["met"] for result in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
