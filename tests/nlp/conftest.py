"""One loaded classifier for all tests of this folder: loading spaCy takes seconds."""

import pytest

from nlp.classifier import SpacyClassifier


@pytest.fixture(scope="session")
def classifier() -> SpacyClassifier:
    """The model that ships."""
    return SpacyClassifier()
