"""Moments as mail programs write them, in three languages."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailin.understanding.written_dates import written_date

ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("maandag 3 maart 2025 21:14", "2025-03-03T20:14"),
        ("ma 3 mrt 2025 om 15:00", "2025-03-03T14:00"),
        ("3 maart 2025 om 15:00:00 CET", "2025-03-03T14:00"),
        ("3 juli 2025 om 15:00:00 CEST", "2025-07-03T13:00"),
        ("Mon, 3 Mar 2025 15:00:00 +0100", "2025-03-03T14:00"),
        ("Mon, 3 Mar 2025 15:00:00 -0500 (EST)", "2025-03-03T20:00"),
        ("03-03-2025 15:00 (GMT+01:00)", "2025-03-03T14:00"),
        ("Montag, 3. März 2025 21:14", "2025-03-03T20:14"),
        ("Mo., 3. Juli 2023 um 15:00 Uhr", "2023-07-03T13:00"),
        ("Monday, March 3, 2025 9:14 PM", "2025-03-03T20:14"),
        ("Mar 3, 2025 at 12:05 a.m.", "2025-03-02T23:05"),
        ("March 3, 2025 at 9:14:00\u202fPM GMT+1", "2025-03-03T20:14"),
        ("3/4/2025 9:14 PM", "2025-03-04T20:14"),
        ("3/4/2025 21:14", "2025-04-03T19:14"),
        ("di 4/3/2025", "2025-03-03T23:00"),
        ("Tue 3/4/2025 21:14", "2025-03-04T20:14"),
        ("13/3/25 10.05 uur", "2025-03-13T09:05"),
        ("2025-03-03 21:14", "2025-03-03T20:14"),
        ("2025-03-03T20:14:00Z", "2025-03-03T20:14"),
        ("3 mrt. 2025", "2025-03-02T23:00"),
        ("30 maart 2025 02:30", "2025-03-30T01:30"),
    ],
)
def test_a_moment(text: str, expected: str) -> None:
    assert written_date(text, ZONE) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "gisteren", "31 februari 2025", "3 maart 2025 25:99", "1-1-0001", "1-1-99999 10:00", "99-99-9999"]
)
def test_no_moment(text: str) -> None:
    assert written_date(text, ZONE) is None


@given(st.text() | st.from_regex(r"\d{1,4}[-/. ](mrt|\d{1,2})[-/. ]\d{2,4} \d\d:\d\d [+-]\d{1,4}", fullmatch=True))
def test_any_text_has_an_answer(text: str) -> None:
    found = written_date(text, ZONE)
    assert found is None or found.tzinfo is UTC
