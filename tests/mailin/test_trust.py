"""What is believed of a mail: results of our own servers only, and the signs in its headers."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailin.safety.authresults import RESULTS, read_results
from mailin.safety.trust import NO_ID, marks
from mailin.understanding.mime import parse

RECEIVED = datetime(2026, 3, 5, 12, tzinfo=UTC)
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
OURS = ("mx.gemeente.example",)
DATE = "Date: Thu, 5 Mar 2026 11:59:00 +0000\n"
FROM = "From: Jan Jansen <jan@voorbeeld.example>\n"
INNER = "Received: from mx.gemeente.example by imap.gemeente.example (Dovecot) with LMTP; x\n"
BORDER = "Received: from mail.voorbeeld.example by mx.gemeente.example (Postfix) with ESMTPS; x\n"
OUTSIDE = "Received: from pc by mail.voorbeeld.example; x\n"
OURS_SAYS = "Authentication-Results: mx.gemeente.example;"
PASS = (
    f"{OURS_SAYS} spf=pass smtp.mailfrom=jan@voorbeeld.example;\n dkim=pass (2048-bit key; x)"
    " header.d=voorbeeld.example header.s=a; dmarc=pass (p=REJECT) header.from=voorbeeld.example\n"
)
FAIL = f"{OURS_SAYS} spf=fail smtp.mailfrom=x.example; dmarc=fail header.from=voorbeeld.example\n"
SPF_ONLY = "Authentication-Results: mx.gemeente.example; spf=softfail smtp.mailfrom=x.example\n"
FORGED = f"{OURS_SAYS} dmarc=pass header.from=voorbeeld.example; dkim=pass header.d=voorbeeld.example\n"


def signs(headers: str, ids: tuple[str, ...] = OURS, *, sender: str = FROM, date: str = DATE) -> dict[str, str]:
    raw = (headers + sender + date + "Subject: x\n\nhallo\n").encode()
    return marks(parse(raw), ids, ["gemeente.example"], RECEIVED)


def test_results_of_our_server_are_shown_with_the_domain_they_vouch_for() -> None:
    assert signs(INNER + PASS + BORDER + OUTSIDE) == {
        "spf": "pass", "dkim": "pass", "dmarc": "pass", "aligned_domain": "voorbeeld.example",
    }  # fmt: skip
    assert signs(INNER + FAIL + BORDER) == {"spf": "fail", "dmarc": "fail"}


@pytest.mark.parametrize("ids", [(), ("ander.example",), ("gemeente.example",), (NO_ID,)])
def test_without_our_server_s_name_nothing_is_believed(ids: tuple[str, ...]) -> None:
    assert signs(INNER + PASS + BORDER, ids) == {}


@pytest.mark.parametrize("headers", [INNER + FAIL + BORDER + FORGED, INNER + FAIL + BORDER + FORGED + OUTSIDE + FORGED])
def test_a_forged_field_below_ours_changes_nothing(headers: str) -> None:
    assert signs(headers) == {"spf": "fail", "dmarc": "fail"}


@pytest.mark.parametrize("fake", ["", BORDER, OUTSIDE, INNER, "Received: from a by evil.example; x\n"])
def test_a_forged_field_right_below_ours_adds_no_good_news(fake: str) -> None:
    """Where our server writes its results under its own Received field, the sender's fields follow directly."""
    assert signs(INNER + BORDER + SPF_ONLY + FORGED + fake) == {"spf": "softfail"}


def test_several_fields_of_one_server_count_together() -> None:
    dmarc = "Authentication-Results: mx.gemeente.example; dmarc=pass header.from=voorbeeld.example\n"
    assert signs(INNER + dmarc + SPF_ONLY + BORDER + OUTSIDE) == {
        "spf": "softfail", "dmarc": "pass", "aligned_domain": "voorbeeld.example",
    }  # fmt: skip
    assert signs(INNER + SPF_ONLY + dmarc + BORDER)["dmarc"] == "pass"
    bad = dmarc.replace("pass", "fail")
    assert signs(INNER + BORDER + SPF_ONLY + bad + OUTSIDE) == {"spf": "softfail", "dmarc": "fail"}


def test_a_field_of_another_server_between_is_passed_over() -> None:
    other = FORGED.replace("mx.gemeente", "filter.leverancier")
    assert signs(INNER + other + FAIL + BORDER) == {"spf": "fail", "dmarc": "fail"}


def test_microsoft_writes_no_name() -> None:
    value = (
        "Authentication-Results: spf=pass (sender IP is 192.0.2.1)\n smtp.mailfrom=voorbeeld.example; dkim=none\n"
        " (message not signed) header.d=none;dmarc=bestguesspass action=none\n header.from=voorbeeld.example;"
        "compauth=pass reason=109\n"
    )
    found = signs(INNER + value + BORDER, (NO_ID,))
    assert found == {"spf": "pass", "dkim": "none", "dmarc": "none", "aligned_domain": "voorbeeld.example"}
    assert signs(INNER + value + BORDER) == {}


@pytest.mark.parametrize(
    ("result", "aligned"),
    [
        ("dkim=pass header.d=voorbeeld.example", True),
        ("dkim=pass header.i=@voorbeeld.example", True),
        ("dkim=pass header.d=example", False),
        ("dkim=pass header.d=evoorbeeld.example", False),
        ("dkim=pass header.d=mail.voorbeeld.example", False),
        ("dkim=fail header.d=voorbeeld.example", False),
        ("dkim=pass", False),
        ("spf=pass smtp.mailfrom=bounce@voorbeeld.example", True),
        ("spf=pass smtp.mailfrom=nieuwsbrief.example", False),
        ("spf=pass smtp.helo=voorbeeld.example", False),
    ],
)
def test_which_result_vouches_for_the_sender(result: str, aligned: bool) -> None:
    found = signs(f"Authentication-Results: mx.gemeente.example; {result}\n" + BORDER)
    assert ("aligned_domain" in found) is aligned


def test_a_dmarc_result_about_another_domain_is_not_ours_to_show() -> None:
    field = "Authentication-Results: mx.gemeente.example; dmarc=pass header.from=boef.example\n"
    assert signs(field + BORDER) == {"other_domain": "boef.example"}


def test_a_second_sender_is_vouched_for_by_nobody() -> None:
    found = signs(PASS + BORDER, sender=FROM + "From: boef@boef.example\n")
    assert "aligned_domain" not in found
    assert found["several_from"] == "2"
    assert signs("", sender="From: a@b.example, c@d.example\n") == {"several_from": "2"}


def test_our_own_domain_needs_somebody_to_vouch_for_it() -> None:
    ours = "From: burgemeester@gemeente.example\n"
    assert signs(SPF_ONLY + BORDER, sender=ours) == {"spf": "softfail", "claims_ours": "gemeente.example"}
    assert "claims_ours" not in signs(PASS.replace("voorbeeld", "gemeente") + BORDER, sender=ours)
    assert signs("", sender=ours) == {}


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ("Reply-To: ander@elders.example\n", "ander@elders.example"),
        ("Reply-To: jan@voorbeeld.example, ander@elders.example\n", "ander@elders.example"),
        ("Reply-To: Jan <JAN@voorbeeld.example>\n", None),
        ("", None),
    ],
)
def test_an_answer_that_would_go_elsewhere(headers: str, address: str | None) -> None:
    assert signs(headers).get("reply_to_differs") == address


def test_an_address_in_the_name() -> None:
    assert signs("", sender='From: "info@mijnoverheid.example" <x@boef.example>\n') == {
        "lookalike": "info@mijnoverheid.example"
    }
    assert signs("", sender='From: "jan@voorbeeld.example" <Jan@voorbeeld.example>\n') == {}
    assert signs("", sender="From: jan@voorbeeld.example <jan@voorbeeld.example>\n") == {}


def test_no_sender() -> None:
    assert signs("", sender="") == {"no_from": "yes"}
    assert signs("", sender="From: Anoniem\n") == {"no_from": "yes"}


@pytest.mark.parametrize(
    ("date", "lie"),
    [
        ("Thu, 26 Feb 2026 13:00:00 +0000", None),
        ("Thu, 26 Feb 2026 11:00:00 +0000", "past"),
        ("Wed, 25 Feb 2026 11:00:00 +0000", "past"),
        ("Fri, 06 Mar 2026 11:00:00 +0000", None),
        ("Fri, 06 Mar 2026 13:00:00 +0000", "future"),
        ("Thu, 01 Jan 1970 00:00:00 +0000", "past"),
        ("Thu, 01 Jan 9999 00:00:00 +0000", "future"),
        ("gisteren", None),
    ],
)
def test_a_date_that_lies(date: str, lie: str | None) -> None:
    days_old = signs("", date=f"Date: {date}\n").get("date_lies")
    assert days_old == lie


@pytest.mark.parametrize(
    ("header", "spam"),
    [
        ("X-Spam-Flag: YES", True),
        ("X-Spam-Flag: NO", False),
        ("X-Spam-Status: Yes, score=7.1 required=5.0 tests=[...]", True),
        ("X-Spam-Status: No, score=-1.1 Yes", False),
        ("X-Spam: Yes", True),
        ("X-Spamd-Bar: +++++++", True),
        ("X-Spamd-Bar: ++", False),
        ("X-Spamd-Bar: ---------", False),
        ("X-Spamd-Result: default: True [16.30 / 15.00]", True),
        ("X-Spamd-Result: default: False [1.30 / 15.00]", False),
        ("X-Rspamd-Action: add header", True),
        ("X-Rspamd-Action: no action", False),
        ("X-Bogosity: Spam, tests=bogofilter, spamicity=1.000", True),
        ("X-Bogosity: Ham, tests=bogofilter", False),
        ("X-MS-Exchange-Organization-SCL: 6", True),
        ("X-MS-Exchange-Organization-SCL: 5", True),
        ("X-MS-Exchange-Organization-SCL: 1", False),
        ("X-MS-Exchange-Organization-SCL: -1", False),
        ("X-MS-Exchange-Organization-SCL: 999999999999999", False),
        ("X-Forefront-Antispam-Report: CIP:192.0.2.1;CTRY:NL;SCL:5;SFV:SPM;H:a;CAT:SPM;", True),
        ("X-Forefront-Antispam-Report: CIP:192.0.2.1;SFV:NSPM;CAT:NONE;", False),
        ("X-Forefront-Antispam-Report: SFV:NSPM;CAT:PHSH;", True),
    ],
)
def test_spam_is_a_mark(header: str, spam: bool) -> None:
    assert signs(header + "\n") == ({"spam": header.partition(":")[0].lower()} if spam else {})


# --- the reader of RFC 8601 -------------------------------------------------------------------------------------


def test_the_examples_of_the_standard() -> None:
    """RFC 8601 appendix B.3 to B.6."""
    assert read_results("example.org 1; none").results == ()
    assert read_results("example.org 1; none").server == "example.org"
    value = (
        "example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; spf=pass smtp.mailfrom=example.net; "
        "sender-id=fail header.from=example.com; dkim=pass (good signature) header.d=example.com"
    )
    assert [(one.method, one.slug) for one in read_results(value).results] == [("spf", "pass"), ("dkim", "pass")]
    value = (
        "foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait for it) fail policy (A "
        "dot can go here) . (like that) expired (this surprised me) = (as I wasn't expecting it) 1362471462"
    )
    assert read_results(value).server == "foo.example.net"


def test_what_stands_in_a_comment_or_in_quotes_is_no_result() -> None:
    for value in (
        "mx; spf=fail (sender said; dmarc=pass header.from=a.example)",
        "mx; spf=fail (a (nested); dkim=pass) ",
        r"mx; spf=fail (escaped \) ; dkim=pass)",
        'mx; spf=fail reason="x; dkim=pass header.d=a.example"',
        'mx; spf=fail (it"s; dkim=pass)',
    ):
        assert [(one.method, one.slug) for one in read_results(value).results] == [("spf", "fail")], value
    assert read_results("mx; spf=fail; dkim=pass (never closed; dmarc=pass").results[-1].slug == "fail"


@pytest.mark.parametrize(
    "value", ['"' * 10_000, "(" * 10_000, '"\\' * 5_000, "a=" * 5_000, ";" * 10_000, "\\" * 10_000]
)
def test_hostile_values_take_no_time(value: str) -> None:
    for _ in range(200):  # a quadratic reader runs into the time limit of the test
        assert read_results(value).results == ()


@given(st.text(max_size=400) | st.text(alphabet='mxspfdkim=;()"\\ /.1', max_size=400))
def test_any_value_is_read(value: str) -> None:
    for result in read_results(value).results:
        assert result.slug in set(RESULTS.values())


@given(
    st.lists(st.sampled_from(["Received", "Authentication-Results", "X-Spam-Status", "From", "Reply-To", "Date"])),
    st.data(),
)
def test_any_mail_gets_its_marks(names: list[str], data: st.DataObject) -> None:
    lines = [name.encode() + b": " + data.draw(st.binary(max_size=80)) + b"\n" for name in names]
    found = marks(parse(b"".join(lines) + b"\nx"), (*OURS, NO_ID), ["gemeente.example"], RECEIVED)
    for value in found.values():
        assert 0 < len(value) <= 320
        assert not CONTROLS.search(value)


@given(st.binary(max_size=300))
def test_no_words_of_a_sender_make_a_pass(words: bytes) -> None:
    """Whatever stands below the fields of our servers: a failed mail stays failed."""
    raw = (INNER + FAIL + BORDER).encode() + words + FROM.encode() + b"\nx"
    found = marks(parse(raw), OURS, ["gemeente.example"], RECEIVED)
    assert found.get("dmarc") == "fail"
    assert found.get("spf") == "fail"
    assert "aligned_domain" not in found
