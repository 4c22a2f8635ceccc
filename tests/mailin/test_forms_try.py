"""``gehoord form try`` and the settings behind it."""

import pickle
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.reading import mail_reader
from app.settings.loading import WrongSettings, load

HERE = Path(__file__).with_name("forms")
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "forms.toml"


def run(*arguments: object, settings: Path = EXAMPLES, given: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["--settings", str(settings), "form", "try", *map(str, arguments)], input=given)


def test_it_shows_what_lands_where_and_who_is_answered():
    result = run(HERE / "contact-lines.eml")
    assert result.exit_code == 0
    for line in (
        "mapping   contact (recognised by its sender)",
        "carrier   lines",
        "  name         <- Uw naam: Sanne de Boer",
        "  kept         <- Rijbewijsnummer aanvraag: RB 77-12",
        "  IP-adres: 192.0.2.17",
        "team      publiekszaken",
        "reply to  by mail to sanne@voorbeeld.example",
    ):
        assert line in result.output.splitlines()


def test_another_mapping_may_be_asked_for():
    result = run(HERE / "contact-lines.eml", "--mapping", "eformulier")
    assert result.exit_code == 1
    assert "mapping   eformulier (asked for; the sender is a known forwarder)" in result.output
    assert "story     NOT FOUND" in result.output
    assert "reply to  nobody" in result.output
    unknown = run(HERE / "contact-lines.eml", "--mapping", "geen")
    assert unknown.exit_code == 2
    assert "contact, tabel, eformulier, ordinary" in unknown.output


def test_it_says_that_a_sender_is_no_known_forwarder(tmp_path: Path):
    file = tmp_path / "gehoord.toml"
    file.write_text("")
    result = run(HERE / "contact-lines.eml", settings=file)
    assert "NOT recognised" in result.output


@pytest.mark.parametrize(
    ("name", "content", "carrier"),
    [
        ("a.json", '{"naam": "Jan", "klacht": "Boos"}', "json"),
        ("a.xml", "<f><naam>Jan</naam><klacht>Boos</klacht></f>", "xml"),
        ("a.html", "<table><tr><td>Naam</td><td>Jan</td></tr><tr><td>Klacht</td><td>Boos</td></tr></table>", "table"),
        ("a.txt", "Naam: Jan\nKlacht: Boos\n", "lines"),
        ("-", "Naam: Jan\nKlacht: Boos\n", "lines"),
        ("-", "From: <formulier@website.example>\n\nNaam: Jan\nKlacht: Boos\n", "lines"),
        ("-", "naam=Jan&klacht=Boos", "post"),
    ],
)
def test_a_sample_may_be_of_any_kind(tmp_path: Path, name: str, content: str, carrier: str):
    file = Path("-") if name == "-" else tmp_path / name
    if name != "-":
        file.write_text(content)
    result = run(file, "--mapping", "ordinary", given=content.encode())
    assert result.exit_code == 0, result.output
    assert f"carrier   {carrier}" in result.output
    assert "story        <- " in result.output.casefold()


@pytest.mark.parametrize("content", ["", "Beste gemeente, ik ben boos.", "{}", "<p>", "\x00\xff"])
def test_without_a_form_it_fails(content: str):
    assert run("-", given=content.encode()).exit_code == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[forms.x]\nsubject = '('", "setting forms.x.subject: is no regular expression"),
        ("[forms.x.labels]\nstroy = ['Klacht']", "setting forms.x.labels.stroy: there is no such setting"),
    ],
)
def test_wrong_mappings_are_named(tmp_path: Path, text: str, says: str):
    file = tmp_path / "gehoord.toml"
    file.write_text(text)
    with pytest.raises(WrongSettings, match=says):
        load(file)


def test_a_reader_with_mappings_can_be_handed_to_another_process():
    reader = mail_reader(load(EXAMPLES))
    reader.forms.mappings[0].field("naam")
    again = pickle.loads(pickle.dumps(reader))
    assert again.forms.mappings == reader.forms.mappings
    assert not again.forms.answerable("wordpress@website.example")
