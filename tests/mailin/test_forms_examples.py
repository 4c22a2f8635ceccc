"""The mappings of docs/examples/forms.toml do what they say on a sample of each kind of form mail."""

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.settings.forms import FormSettings
from core.domain.labels import Channel
from core.domain.message import Contact, Inbound
from mailin.forms.mapping import FormMapping
from mailin.inbound import MailReader, handlers
from mailin.understanding.mime import parse

SAMPLES = sorted(Path(__file__).with_name("forms").glob("*.eml"))
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "forms.toml"


def mappings() -> list[FormMapping]:
    told = tomllib.loads(EXAMPLES.read_text())["forms"]
    return [FormSettings.model_validate(form).mapping(name) for name, form in told.items()]


READER = MailReader(["klachten@gemeente.example"], "gemeente.example", [], mappings())


def read(sample: Path) -> Inbound:
    return READER.read(sample.read_bytes(), door="imap:klachten", received_at=datetime(2026, 11, 23, tzinfo=UTC))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_the_examples_put_everything_in_its_field(sample: Path):
    expected = json.loads(sample.with_suffix(".json").read_text())
    mail = parse(sample.read_bytes())
    reading = READER.forms.mail(mail, READER.forms.fitting(handlers(mail, sample.read_bytes(), None), mail.subject))
    assert reading is not None
    assert (reading.name, reading.carrier) == (expected["mapping"], expected["carrier"])
    inbound = read(sample)
    assert inbound.channel == Channel.KLACHTENFORMULIER
    assert inbound.sender == Contact(**expected["contact"])
    assert inbound.reply_text == expected["story"]
    assert inbound.fields == expected["fields"]
    assert inbound.reply is not None
    assert [inbound.reply.route, inbound.reply.address] == expected["reply"]
    assert [one.filename for one in inbound.attachments] == expected["attachments"]
    assert not inbound.automatic


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_every_value_is_found_back(sample: Path):
    inbound = read(sample)
    mail = parse(sample.read_bytes())
    reading = READER.forms.mail(mail, READER.forms.fitting(handlers(mail, sample.read_bytes(), None), mail.subject))
    assert reading is not None
    whole = " ".join(inbound.text.split())
    assert [pair for pair in reading.pairs if " ".join(pair.value.split()) not in whole] == []


def test_there_is_a_sample_of_every_example():
    assert {json.loads(one.with_suffix(".json").read_text())["mapping"] for one in SAMPLES} == {
        one.name for one in mappings()
    }
