"""What /metrics shows, read from the database and Redis at each scrape: correct with any number of processes.

Names begin with kz_, units are base units, no label names a tenant.
"""

from __future__ import annotations

from collections.abc import Iterator

import redis
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry
from sqlalchemy import func, select

from kz_admin import clock
from kz_admin.models.mail import Mail
from kz_admin.models.periodic import PeriodicWork
from kz_admin.models.session import reading
from kz_admin.models.sign_in import SignIn
from kz_admin.models.tenant import Tenant
from kz_admin.services import bell


class _Collector(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from _from_database()
        yield from _from_redis()


def registry() -> CollectorRegistry:
    found = CollectorRegistry(auto_describe=False)
    found.register(_Collector())
    return found


def _from_database() -> Iterator[GaugeMetricFamily]:
    now = clock.now_ms()
    with reading() as session:
        tenants = session.scalar(select(func.count(Tenant.id))) or 0
        alive = select(func.count(SignIn.id)).where(SignIn.ended_at.is_(None), SignIn.expires_at > now)
        sign_ins = session.scalar(alive) or 0
        mails = session.execute(select(Mail.state, func.count()).group_by(Mail.state)).all()
        oldest = session.scalar(select(func.min(Mail.created_at)).where(Mail.state == "waiting"))
        works = session.scalars(select(PeriodicWork)).all()
    yield GaugeMetricFamily("kz_tenants", "Tenants of this installation.", value=tenants)
    yield GaugeMetricFamily("kz_sign_ins", "Browsers signed in now.", value=sign_ins)
    by_state = GaugeMetricFamily("kz_mails", "Outgoing mails kept, by state.", labels=["state"])
    for state, count in mails:
        by_state.add_metric([state], count)
    yield by_state
    age = (now - oldest) / clock.SECOND if oldest else 0.0
    yield GaugeMetricFamily("kz_mail_oldest_waiting_seconds", "Age of the oldest waiting mail.", value=age)
    since = GaugeMetricFamily("kz_clock_last_ok_seconds", "Time since periodic work last succeeded.", labels=["work"])
    for work in works:
        if work.last_ok_at is not None:
            since.add_metric([work.name], (now - work.last_ok_at) / clock.SECOND)
    yield since


def _from_redis() -> Iterator[GaugeMetricFamily]:
    up = GaugeMetricFamily("kz_redis_up", "Whether Redis answers.")
    waiting = GaugeMetricFamily("kz_jobs_waiting", "Rings not heard by a worker yet.", labels=["lane"])
    try:
        for lane in bell.LANES:
            waiting.add_metric([lane], bell.queue(lane).count)
        up.add_metric([], 1)
    except redis.RedisError:
        up.add_metric([], 0)
    yield up
    yield waiting
