"""The page of a preview, whatever state its invoice is in."""

from __future__ import annotations

from tests.integration.web.conftest import books as books
from tests.integration.web.conftest import change as change
from tests.integration.web.conftest import connected as connected
from tests.integration.web.conftest import desk as desk
from tests.integration.web.conftest import rung as rung
