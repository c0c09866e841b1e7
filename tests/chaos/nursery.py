"""What a forked process finds done already: all is imported, also what only building an application imports."""

from __future__ import annotations

from kz_admin import config, create_app
from tests.chaos import deed as deed
from tests.conftest import environment

create_app(config.load(environment()))
