"""Our spaCy components without weights: the functions named in a text and the signals that stand in it."""

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from nlp import roles, rules

ROLES = "roles"
SIGNALS = "signals"


class IntakeRoles:
    """Marks functions (``doc.spans["roles"]``), so that the role complained about can be told."""

    def __init__(self, nlp: Language) -> None:
        self._matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
        for role, phrases in roles.FUNCTIONS.items():
            self._matcher.add(role, [nlp.make_doc(phrase) for phrase in phrases])

    def __call__(self, doc: Doc) -> Doc:
        """Mark the functions; of overlapping ones the longest."""
        doc.spans[ROLES] = filter_spans(self._matcher(doc, as_spans=True))
        return doc


class IntakeSignals:
    """Marks the rules that hold (``doc.spans["signals"]``), widened to whole tokens."""

    def __call__(self, doc: Doc) -> Doc:
        """Mark the signals."""
        marked = []
        for hit in rules.hits(doc.text):
            span = doc.char_span(hit.start, hit.end, label=hit.signal.name, alignment_mode="expand")
            if span is not None:
                marked.append(span)
        doc.spans[SIGNALS] = marked
        return doc


@Language.factory("intake_roles", assigns=["doc.spans"])
def make_intake_roles(nlp: Language, name: str) -> IntakeRoles:  # noqa: ARG001  # spaCy passes both
    """The factory behind ``intake_roles`` in a pipeline's configuration."""
    return IntakeRoles(nlp)


@Language.factory("intake_signals", assigns=["doc.spans"])
def make_intake_signals(nlp: Language, name: str) -> IntakeSignals:  # noqa: ARG001  # spaCy passes both
    """The factory behind ``intake_signals`` in a pipeline's configuration."""
    return IntakeSignals()
