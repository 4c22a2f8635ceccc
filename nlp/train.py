"""Builds the model that ships: ``python -m nlp.train [FOLDER]`` (``make model``); same data, same decisions."""

import shutil
import sys
import tempfile
from pathlib import Path

from spacy.language import Language
from spacy.training.initialize import init_nlp
from spacy.util import load_config, load_model_from_config
from thinc.api import Config

from nlp import corpus
from nlp.intake_cats import IntakeCats, WrongModelError
from nlp.labels import LABELS_VERSION
from nlp.project.convert import SEED, doc_bin

CONFIG = Path(__file__).parent / "project" / "config.cfg"
MODEL = Path(__file__).parent / "model"
NAME, VERSION = "intake", "0.1.0"


def build(folder: Path = corpus.FOLDER) -> Language:
    """A pipeline trained on the part "train" of a corpus folder."""
    config = load_config(CONFIG, interpolate=False)
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "train.spacy"
        doc_bin(corpus.read("train", folder), with_padding=True).to_disk(data)
        # dev stays out of training: the reader of both parts is given the training data.
        paths = {"paths": {"train": str(data), "dev": str(data)}}
        trained = init_nlp(config.merge(paths))
    return _clean(config, trained, folder)


def _clean(config: Config, trained: Language, folder: Path) -> Language:
    """The trained component in a fresh pipeline: without the corpus' words in the vocabulary, or scratch paths."""
    fresh = load_model_from_config(config, auto_fill=True)
    cats, learnt = fresh.get_pipe("intake_cats"), trained.get_pipe("intake_cats")
    if not (isinstance(cats, IntakeCats) and isinstance(learnt, IntakeCats)):
        raise WrongModelError("intake_cats")
    cats.from_bytes(learnt.to_bytes())
    fresh.meta.update(
        {
            "name": NAME,
            "version": VERSION,
            "description": "Kind and team of a message to a Dutch municipality, with reasons",
            "author": "Gehoord",
            "license": "EUPL-1.2",
            "spacy_version": ">=3.8,<3.9",
            "labels_version": LABELS_VERSION,
            "seed": SEED,
            "train_sha256": corpus.fingerprint("train", folder),
            "train_messages": len(corpus.read("train", folder)),
        }
    )
    return fresh


def main(arguments: list[str]) -> None:
    """Train and put the model in its place, the old one removed first."""
    target = Path(arguments[0]) if arguments else MODEL
    model = build()
    shutil.rmtree(target, ignore_errors=True)
    model.to_disk(target)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    sys.stdout.write(f"{target}: {model.meta['train_messages']} messages, {size / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
