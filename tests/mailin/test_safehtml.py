"""HTML for the screen: parsed again, nothing of it runs or fetches, and every word is still there."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailin.safety.safehtml import LONGEST, safe_html
from mailin.understanding.htmltext import html_to_text

ALLOWED = frozenset(
    """a abbr b blockquote br caption center cite code col colgroup dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins
    li ol p pre q s small span strike strong sub sup table tbody td tfoot th thead tr u ul""".split()  # noqa: SIM905
)
HARMLESS = {"dir", "lang", "alt", "start", "colspan", "rowspan"}
REL = "noopener noreferrer nofollow"


def nodes(html: str) -> list[LexborNode]:
    body = LexborHTMLParser(f"<!doctype html><body>{html}").body
    assert body is not None
    first, *inside = body.traverse(include_text=True)
    assert first.tag == "body"
    return inside


def check(html: str, pictures: frozenset[str] = frozenset()) -> None:
    """What a browser would make of it: known elements, harmless attributes, links out, our own pictures only."""
    for node in nodes(html):
        if node.is_text_node:
            continue
        assert node.tag in ALLOWED, node.tag
        for name, value in node.attributes.items():
            if name == "href":
                assert node.tag == "a"
                assert re.match(r"(?:https?|mailto|tel):", (value or "").strip(), re.I), value
                assert node.attributes["rel"] == REL
            elif name == "src":
                assert node.tag == "img"
                assert value in pictures
            elif name != "rel":
                assert name in HARMLESS, name
    head = LexborHTMLParser(f"<!doctype html><body>{html}").head
    assert head is not None
    assert head.child is None


ATTACKS = [
    "<script>alert(1)</script>",
    "<p onclick=alert(1) onmouseover='x' style='background:url(https://t.example)' class=a id=b>tekst",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVa&#x0A;Script:alert(1)">x</a>',
    '<a href=" &#1; javascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>1</script>">x</a>',
    '<a href="vbscript:x">x</a>',
    '<a href="//kwaad.example">x</a>',
    '<a href="/uitloggen">x</a>',
    '<a href="cid:a1">x</a>',
    '<img src="https://t.example/pixel.gif" srcset="https://t.example/2x" alt="logo">',
    '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
    "<img src=x onerror=alert(1)>",
    '<img src="cid:a1/../../uitloggen">',
    "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<style>@import 'https://t.example'</style>",
    "<link rel=stylesheet href=https://t.example><base href=https://t.example><meta http-equiv=refresh content=0>",
    "<iframe src=https://t.example srcdoc='<script>1</script>'></iframe>",
    "<object data=x><embed src=x><applet code=x>",
    "<form action=https://t.example><input name=wachtwoord><button>ok</button><textarea></form>",
    "<video src=https://t.example poster=https://t.example><audio src=x><source src=y><track src=z>",
    "<table background=https://t.example><td background=https://t.example>x",
    "<body background=https://t.example onload=alert(1)>",
    "<details open ontoggle=alert(1)><dialog open><marquee onstart=x>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<xmp><img src=x onerror=alert(1)></xmp><plaintext><img src=x onerror=alert(1)>",
    '<a href="https://a.example" target=_blank ping=https://t.example download>x</a>',
    "<a href='https://a.example/\"onclick=alert(1)'>x</a>",
    "<p dir='x' lang='\"><script>'>x<td colspan=1e9 rowspan=99999>",
]


@pytest.mark.parametrize("html", ATTACKS)
def test_attacks_leave_nothing_that_runs_or_fetches(html: str) -> None:
    for whole in (html, f"<div>{html}", f"<table>{html}", f"<p>{html}</p>" * 3):
        check(safe_html(whole))


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*ATTACKS, "<", ">", '"', "'", "-->", "</", "<p ", "&lt;script&gt;", "&", "=", "\n"])
                | st.text(max_size=5), max_size=8))  # fmt: skip
def test_no_mixture_of_attacks_gets_through(pieces: list[str]) -> None:
    check(safe_html("".join(pieces)))


def test_what_people_write_stays() -> None:
    html = (
        "<h2>Klacht</h2><p>Beste <b>gemeente</b>,<br>de <em>stoep</em> is <u>stuk</u>.</p><ul><li>een</li><li>twee</li>"
        '</ul><ol start="3"><li>drie</li></ol><blockquote>oud bericht</blockquote><table><tbody><tr>'
        '<td colspan="2">cel</td></tr></tbody></table><p dir="rtl" lang="ar">مرحبا</p><pre>a  b</pre><hr>'
    )
    assert safe_html(html) == html


def test_a_link_says_where_it_leads() -> None:
    rel = f'rel="{REL}"'
    assert safe_html('<a href="https://kwaad.example/x?a=1&amp;b=2">mijn.overheid.example</a>') == (
        f'<a href="https://kwaad.example/x?a=1&amp;b=2" {rel}>mijn.overheid.example</a> (kwaad.example)'
    )
    for shown in ("https://a.example/x", "a.example", "<b>A.example</b>"):
        assert safe_html(f'<a href="https://a.example/x">{shown}</a>').endswith("</a>")
    for hidden in ("a.example.org", "ba.example", "x@a.example", "a.example-x", "klik"):
        assert safe_html(f'<a href="https://a.example/x">{hidden}</a>').endswith("</a> (a.example)")
    assert safe_html('<a href="https://mijn.overheid.example@kwaad.example/">x</a>').endswith("(kwaad.example)")
    assert safe_html('<a href="mailto:jan@voorbeeld.example?subject=x">mail</a>').endswith("(jan@voorbeeld.example)")
    assert safe_html('<a href="tel:0591123456">bel</a>').endswith("(0591123456)")
    assert safe_html('<a href="mailto:&lt;script&gt;">x</a>').endswith("(&lt;script&gt;)")


def test_pictures_of_our_own_only() -> None:
    paths = {"a1@x": "/bijlagen/1", "b": "//kwaad.example/x", "c": "https://kwaad.example", "d": "/\\kwaad.example"}
    html = safe_html(
        '<img src="cid:a1@x" alt="foto"><img src="CID:b"><img src="cid:c"><img src="cid:d"><img src="cid:e">', paths
    )
    check(html, frozenset({"/bijlagen/1"}))
    assert '<img src="/bijlagen/1" alt="foto">' in html
    assert html.count("src=") == 1
    assert safe_html('<img src="https://t.example/x.gif" alt="Logo van mij">') == '<img alt="Logo van mij">'


def test_words_in_what_is_taken_away_stay() -> None:
    html = (
        "<form><label>een</label><button>twee</button></form><font color=red>drie</font><marquee>vier</marquee>"
        "<o:p>vijf</o:p><textarea>zes</textarea>"
    )
    for word in ("een", "twee", "drie", "vier", "vijf", "zes"):
        assert word in safe_html(html)


WORDS = st.lists(st.text(alphabet="abcëé<>&\"'", min_size=1, max_size=8), min_size=1, max_size=5)


@given(
    WORDS,
    st.lists(st.sampled_from(["p", "b", "div", "blockquote", "td", "li", "font", "center", "o:p", "i"]), min_size=1),
)
def test_no_word_is_lost(words: list[str], tags: list[str]) -> None:
    escaped = [word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for word in words]
    html = "".join(f"<{tag}>{word}</{tag}>" for tag, word in zip(tags * 5, escaped, strict=False))
    shown = "".join(node.text_content or "" for node in nodes(safe_html(html)) if node.is_text_node)
    assert "".join(shown.split()) == "".join("".join(words[: len(tags) * 5]).split())


HOSTILE = {
    "nested": "<div>" * 100_000 + "diep",
    "nested and closed": "<blockquote>" * 100_000 + "diep" + "</blockquote>" * 100_000,
    "tables": "<table><tr><td>" * 30_000 + "diep",
    "formatting": "".join(f"<b id={number}>" for number in range(50_000)) + "diep",
    "formatting in blocks": "".join(f"<i id={n}><u id={n}>" for n in range(30)) + "<p>diep" * 20_000,
    "lists": "<ul><li>" * 50_000 + "diep",
    "fonts": "<font color=red>" * 100_000 + "diep",
    "angles": "<" * 300_000 + "diep",
    "comments": "<!--" * 100_000 + "--> diep",
    "attributes": "<p " + " ".join(f"a{number}=1" for number in range(50_000)) + ">diep",
    "open quote": "<a href='" * 100_000 + "'>diep",
    "links": '<a href="https://a.example">' * 50_000 + "diep",
    "entities": "&#x41" * 100_000 + " diep",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_html_neither_crashes_nor_grows(name: str) -> None:
    html = HOSTILE[name]
    safe = safe_html(html)  # a quadratic one runs into the time limit of the test
    check(safe)
    assert len(safe) <= 4 * len(html) + 10_000 + safe.count("</a> (") * 250
    if "diep" in html_to_text(html):
        assert "diep" in safe


def test_longer_than_we_clean_is_shown_as_text() -> None:
    safe = safe_html("<p>eerste <script>x</script>regel<br>tweede</p>" + "<p>x &lt;b&gt;</p>" * (LONGEST // 10))
    assert safe.startswith("<p>eerste regel<br>tweede</p><p>x &lt;b&gt;</p>")
    check(safe[:100_000])
