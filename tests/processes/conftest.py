from __future__ import annotations

from tests.fixtures.dyno import dyno as dyno
from tests.fixtures.mail_server import mail_server as mail_server
