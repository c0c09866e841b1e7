from __future__ import annotations

from tests.integration.push.conftest import admin as admin
from tests.integration.push.conftest import app as app
from tests.integration.push.conftest import books as books
from tests.integration.push.conftest import bridge as bridge
from tests.integration.push.conftest import machine as machine
from tests.integration.push.conftest import served as served
from tests.integration.push.conftest import stranger as stranger
