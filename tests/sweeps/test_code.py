"""One way in: no other clock, no other environment, no other transaction, no float for money."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sweeps.files import texts

ROOT = Path(__file__).parent.parent.parent
OURS = ("kz_admin", "jobs")
NAMES_WITHOUT_A_TOPIC = ("utils", "util", "helpers", "helper", "common", "core", "manager", "misc")
LONGEST_FILE, LONGEST_FUNCTION = 300, 40

# name → files that may use it, with the reason beside it
ALLOWED = {
    "time.time": {},
    "time.time_ns": {"kz_admin/clock.py": "the clock itself"},
    "time.monotonic": {"kz_admin/clock.py": "the clock itself"},
    "time.sleep": {"kz_admin/clock.py": "the clock itself"},
    "datetime.now": {},
    "datetime.utcnow": {},
    "datetime.today": {},
    "date.today": {},
    "os.environ": {
        "kz_admin/config.py": "the one reader",
        "kz_admin/dev/__main__.py": "the supervisor makes its children's environment",
    },
    "os.getenv": {},
    "db.session": {},
    "sqlalchemy.orm.Session(": {},
    "threading.Timer": {},
}


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_nothing_goes_around_the_one_way_in(name: str) -> None:
    users = {
        file
        for file, tree in sources(*OURS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and (dotted(node) == name or dotted(node).endswith(f".{name}"))
    }
    assert users <= set(ALLOWED[name]), f"{name} is used in {sorted(users - set(ALLOWED[name]))}"


def test_names_imported_from_those_modules_go_around_nothing() -> None:
    """`from time import sleep` would escape the look at attributes."""
    hidden = [
        (file, node.module, alias.name)
        for file, tree in sources(*OURS)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in ("time", "os")
        for alias in node.names
        if alias.name in ("time", "time_ns", "sleep", "monotonic", "environ", "getenv")
    ]
    assert hidden == []


def test_only_models_session_opens_sessions() -> None:
    openers = {
        file
        for file, tree in sources(*OURS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and dotted(node.func) in ("Session", "sessionmaker", "scoped_session")
    }
    assert openers <= {"kz_admin/models/session.py"}


def test_no_column_is_a_float_a_numeric_or_a_datetime() -> None:
    from sqlalchemy import Date, DateTime, Float, Interval, Numeric, Time

    from kz_admin.models import Base

    wrong = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, (Float, Numeric, DateTime, Date, Time, Interval))
    ]
    assert wrong == []


def test_no_money_is_computed_with_floats() -> None:
    floats = [
        (file, node.lineno)
        for file, tree in sources("kz_admin/domain", "kz_admin/models", "kz_admin/providers")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and dotted(node.func) == "float"
    ]
    assert floats == []


def test_every_tenant_owned_table_knows_its_tenant() -> None:
    from kz_admin.models import Base
    from kz_admin.models.base import TenantOwned

    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, TenantOwned):
            assert not mapper.columns["tenant_id"].nullable


def test_nothing_is_named_without_a_topic() -> None:
    files = [path for folder in (*OURS, "simulator", "tests") for path in (ROOT / folder).rglob("*.py")]
    assert [path.as_posix() for path in files if path.stem in NAMES_WITHOUT_A_TOPIC] == []


def test_no_file_names_a_package_registry() -> None:
    hosts = re.compile("|".join(("pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "npm" + r"js\.com")))
    assert [name for name, text in texts() if hosts.search(text)] == []


def test_sizes_as_a_report() -> None:
    """Not a limit: a list of places to look for the second noun or the second verb."""
    report = []
    for file, tree in sources(*OURS, "simulator"):
        lines = len((ROOT / file).read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE:
            report.append(f"{lines:5d} lines  {file}")
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    report.append(f"{length:5d} lines  {file}:{node.lineno} {node.name}")
    target = ROOT / "build" / "sizes.txt"
    target.parent.mkdir(exist_ok=True)
    target.write_text("\n".join(sorted(report, reverse=True)) + "\n", encoding="utf-8")
    assert target.exists()


def test_every_switched_off_rule_has_its_reason_beside_it() -> None:
    bare = []
    for folder in (*OURS, "simulator"):
        for path in (ROOT / folder).rglob("*.py"):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                found = re.search(r"#\s*(noqa|type: ignore)(:\s*[A-Z0-9, ]+|\[[\w, -]+\])?(.*)$", line)
                if found and not re.search(r"[-#]\s*\w", found.group(3)):
                    bare.append(f"{path.relative_to(ROOT)}:{number}")
    assert bare == []


def test_source_files_parse_without_warnings() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for folder in (*OURS, "simulator", "tests", "bench"):
            for path in (ROOT / folder).rglob("*.py"):
                compile(path.read_text(encoding="utf-8"), str(path), "exec")
