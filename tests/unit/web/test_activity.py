"""Entries of the audit log in words."""

from __future__ import annotations

from kz_admin.web.activity import changes, in_words


def test_an_action_without_a_sentence_still_reads_as_words() -> None:
    assert in_words("person.role_changed") == "Changed role"
    assert in_words("connection.watermark_moved") == "Connection watermark moved"


def test_changes_name_each_field_once_with_was_and_is() -> None:
    assert changes('{"role": "viewer", "name": "Sam"}', '{"role": "admin"}') == [
        ("role", "viewer", "admin"),
        ("name", "Sam", None),
    ]
    assert changes(None, '{"time_zone": "UTC"}') == [("time zone", None, "UTC")]
    assert changes(None, None) == []
