from __future__ import annotations

from tests.fixtures.dyno import dyno as dyno
from tests.fixtures.smtp import smtp as smtp
