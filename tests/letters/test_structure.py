"""From html to headings, paragraphs and lists: what every letter has, and what a municipality may make of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.letters.paper import Block, BlockKind
from core.letters.structure import plain_structure, structure
from tests.letters.telling import EVERY, written


def shown(blocks: tuple[Block, ...]) -> list[str]:
    """Each block in one line."""
    return [
        f"{block.kind} {' | '.join(''.join(span.text for span in line) for line in block.lines)}" for block in blocks
    ]


KINDS = {
    "<p>Een  twee\n drie</p>": ["paragraph Een twee drie"],
    "<p>Een<br>twee<br></p>": ["paragraph Een | twee"],
    "<p>Een <strong>twee</strong>, drie</p>": ["paragraph Een twee, drie"],
    "<p>Een<strong> twee </strong>drie</p>": ["paragraph Een twee drie"],
    "<h2>Kop</h2><p>a</p>": ["heading Kop", "paragraph a"],
    "<ul><li>a</li><li>b<br>c</li></ul>": ["list a | b c"],
    "<ol>\n<li>a\nb</li>\n<li>c</li>\n</ol><p>d</p>": ["numbered a b | c", "paragraph d"],
    "<ul><li>a</li></ul><ul><li>b</li></ul>": ["list a", "list b"],
    "<p>a</p>b<p>c</p>": ["paragraph a", "paragraph b", "paragraph c"],
    '<blockquote style="white-space: pre-wrap">a\n  b\n\nc</blockquote>': ["quote a | b |  | c"],
    '<p style="white-space: pre-line">a\nb</p>': ["paragraph a | b"],
    "<pre>a\nb</pre>": ["paragraph a | b"],
    '<p><a href="https://x.example">https://x.example</a></p>': ["paragraph https://x.example"],
    '<p>Lees <a href="https://x.example">hier</a>.</p>': ["paragraph Lees hier (https://x.example)."],
    "<p>&lt;b&gt; &amp; &#39;</p>": ["paragraph <b> & '"],
    "<table><tr><td>a</td><td>b</td></tr></table>": ["paragraph a", "paragraph b"],
    "<style>x</style><script>y</script><p>z</p>": ["paragraph z"],
    "<head><title>t</title></head><body><p>z</p></body>": ["paragraph z"],
    "<p></p><p> </p><ul></ul>": [],
    "<p>a": ["paragraph a"],
    "</p></ul></li>a": ["paragraph a"],
    "": [],
}


@pytest.mark.parametrize("html", KINDS)
def test_what_a_piece_is(html: str) -> None:
    assert shown(structure(html)) == KINDS[html]


def test_no_level_of_heading_is_skipped() -> None:
    found = structure("<h1>a</h1><h4>b</h4><h6>c</h6><h2>d</h2><h5>e</h5>")
    assert [block.level for block in found] == [2, 3, 4, 2, 3]


def test_bold_words_and_another_language_are_known() -> None:
    bold, other, back = structure('<p>a <b>b</b></p><div lang="ar" dir="rtl"><p>c</p></div><p lang="nl">d</p>')
    assert [span.strong for span in bold.lines[0]] == [False, True]
    assert (other.language, other.right_to_left) == ("ar", True)
    assert (back.language, back.right_to_left) == ("", False)


@pytest.mark.parametrize("variant", EVERY)
def test_every_letter_ends_with_its_greeting_and_its_signature(variant: str) -> None:
    blocks = structure(written(variant).html)
    assert shown(blocks[-2:-1]) == ["paragraph Met vriendelijke groet,"]
    assert shown(blocks[-1:])[0].endswith(written(variant).text.rstrip().splitlines()[-1])
    assert shown(blocks[:1])[0].startswith("paragraph Beste ")


def test_a_letter_without_html_has_its_paragraphs() -> None:
    assert shown(plain_structure("Een\ntwee\r\n\r\n\r\ndrie\n")) == ["paragraph Een | twee", "paragraph drie"]


@given(st.text(alphabet="<>/ph23ulioabr \"='x&;\n!-", max_size=200))
def test_nothing_makes_it_fail(html: str) -> None:
    assert all(block.kind in BlockKind and block.lines for block in structure(html))
