"""Look-ups: one goes as a query, several as the queries of one batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from kz_admin.domain.problems import OutcomeUnknown
from kz_admin.domain.pushing import Question, Rows
from kz_admin.providers.base import Access
from kz_admin.providers.quickbooks import api

MOST_TOGETHER = 30
MOST_OBJECTS = 1000  # of all answers of a batch together
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BEFORE_SENT_MS = 10 * 60 * 1000  # their clock may be behind ours


def ask(access: Access, questions: Sequence[Question]) -> Sequence[Rows]:
    """All rows for each question, in their order. A question that fails fails them all: nothing is decided on less."""
    if len(questions) == 1:
        return [api.query(access, questions[0].statement, questions[0].entity)]
    found: list[Rows] = []
    for start in range(0, len(questions), MOST_TOGETHER):
        found += _together(access, questions[start : start + MOST_TOGETHER])
    return found


def _together(access: Access, questions: Sequence[Question]) -> list[Rows]:
    size = MOST_OBJECTS // len(questions)
    items = [
        {"bId": str(place), "Query": api.paged(question.statement, 0, size)}
        for place, question in enumerate(questions, start=1)
    ]
    answer = api.send(
        access,
        "POST",
        "batch",
        params={},
        headers={"Content-Type": "application/json"},
        body=api.as_json({"BatchItemRequest": items}),
        timeout_s=api.READ_TIMEOUT_S,
    )
    by_id = {item.get("bId"): item for item in api.read(answer).get("BatchItemResponse", [])}
    found = []
    for place, question in enumerate(questions, start=1):
        item = by_id.get(str(place))
        if item is None:
            raise OutcomeUnknown("a question without an answer", status=answer.status, reference=answer.reference)
        if failure := api.failure_of(answer, item):
            raise failure
        rows = item.get("QueryResponse", {}).get(question.entity, [])
        if len(rows) >= size:
            rows = [*rows, *api.query(access, question.statement, question.entity, after=len(rows))]
        found.append(rows)
    return found


def where(entity: str, *conditions: str) -> Question:
    return Question(entity, f"SELECT * FROM {entity} WHERE {' AND '.join(conditions)}")


def by_id(entity: str, remote_id: str, *conditions: str) -> Question:
    return where(entity, f"Id = {api.quoted(remote_id)}", *conditions)


WITH_INACTIVE = "Active IN (true, false)"  # lists hide what is inactive unless asked


def made_since(sent_at: int) -> str:
    """Among what was made over there since shortly before this moment (milliseconds)."""
    moment = EPOCH + timedelta(milliseconds=sent_at - BEFORE_SENT_MS)
    return f"MetaData.CreateTime >= '{moment.isoformat(timespec='seconds')}'"


def moment_of(text: str) -> int | None:
    """Their date-times carry an offset; milliseconds, to be compared as instants."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment - EPOCH) // timedelta(milliseconds=1) if moment.tzinfo else None
