"""The page of a preview, whatever state its invoice is in."""

from __future__ import annotations

from uuid import UUID

import pytest

from kz_admin import clock
from kz_admin.models import Connection, SyncRecord
from tests.integration.web.conftest import books as books
from tests.integration.web.conftest import change as change
from tests.integration.web.conftest import connected as connected
from tests.integration.web.conftest import desk as desk
from tests.integration.web.conftest import rung as rung
from tests.integration.web.desk import Change, Desk
from tests.page import InspectingClient
