from __future__ import annotations

pytest_plugins: list[str] = []

from tests.fixtures.smtp import smtp as smtp  # noqa: E402
