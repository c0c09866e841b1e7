from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Cast
from tests.integration.documents.agency import Agency


@pytest.fixture
def agency(in_app: Flask, cast: Cast) -> Agency:
    return Agency(cast.tenant_id)


@pytest.fixture
def stranger(in_app: Flask, cast: Cast) -> Agency:
    return Agency(cast.other_tenant_id)
