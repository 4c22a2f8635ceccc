"""The loaded pipeline: one message in, one suggestion out. Loaded on first use by ``nlp.classifier``, spaCy with it."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import spacy
from spacy.tokens import Doc

from core.domain.labels import Kind, RespondentRole
from core.domain.triage import OBJECTION_FLAG, Evidence, Query, Suggestion
from nlp import components, decide, entities, explain, masking, roles, rules
from nlp.intake_cats import IntakeCats, WrongModelError
from nlp.labels import KINDS, PERSON, TEAM_PREFIX
from nlp.language import language
from nlp.text import UNREAD, joined, readable


class Engine:
    """A spaCy pipeline from disk, with the places of one municipality."""

    def __init__(self, folder: Path, municipality: str) -> None:
        self._nlp = spacy.load(folder)
        cats = self._nlp.get_pipe("intake_cats")
        if not isinstance(cats, IntakeCats):
            raise WrongModelError(type(cats).__name__)
        self._cats = cats
        self._municipality = municipality
        meta = self._nlp.meta
        self.name = f"{meta['name']}-{meta['version']}-{meta['train_sha256'][:8]}-{rules.FINGERPRINT}"

    def suggest(self, queries: Sequence[Query]) -> list[Suggestion]:
        """Suggestions in the order of the queries; words read here leave no trace in spaCy's vocabulary."""
        # Without the zone every unseen word of every citizen would stay in memory for as long as the process lives.
        with self._nlp.memory_zone():
            return list(self._suggest(queries))

    def _suggest(self, queries: Sequence[Query]) -> Iterator[Suggestion]:
        texts = [joined(query.subject, readable(query.text)) for query in queries]
        docs = self._nlp.pipe(masking.mask(text) for text, _ in texts)
        for query, (text, offset), doc in zip(queries, texts, docs, strict=True):
            yield self._suggestion(query, text, offset, doc)

    def _suggestion(self, query: Query, text: str, offset: int, doc: Doc) -> Suggestion:
        kinds = {kind: doc.cats[kind] for kind in KINDS}
        teams = {team: doc.cats[TEAM_PREFIX + team] for team in self._cats.ready.teams.labels}
        content = len({token.lower_ for token in doc if decide.is_content(token.text, token.is_stop)})
        if not content:
            teams = {}
        spoken = language(doc.text)
        leaned = decide.lean(kinds, content)
        role, mention = respondent(doc, leaned)
        return Suggestion(
            kinds={Kind(kind): share for kind, share in leaned.items()},
            teams=dict(sorted(teams.items(), key=lambda item: -item[1])),
            respondent_role=RespondentRole(role),
            entities=entities.extract(text, query.received, self._municipality),
            language=spoken,
            why=tuple(_evidence(self._reasons(doc, leaned, teams, role, mention), doc.text, offset)),
            abstain=decide.abstention(kinds, teams, spoken, content),
            model=self.name,
        )

    def _reasons(
        self, doc: Doc, kinds: dict[str, float], teams: dict[str, float], role: str, mention: roles.Mention | None
    ) -> list[explain.Reason]:
        leading = next(iter(kinds))
        flagged = [decide.BEZWAAR] if leading != decide.BEZWAAR and kinds[decide.BEZWAAR] >= OBJECTION_FLAG else []
        best_team = sorted(teams, key=lambda team: -teams[team])[:1]
        found = explain.reasons(self._cats, doc, [leading, *flagged], best_team)
        if mention is None:
            return found
        return [explain.Reason(mention.start, mention.end, role, roles.score(doc.text, mention)), *found][
            : explain.MOST
        ]


def respondent(doc: Doc, kinds: dict[str, float]) -> tuple[str, roles.Mention | None]:
    """The role complained about; a message that hardly can be a klacht complains about nobody."""
    if kinds[decide.KLACHT] < OBJECTION_FLAG:
        return roles.NOBODY, None
    spans = doc.spans[components.ROLES]
    mentions = [roles.Mention(span.label_, span.start_char, span.end_char) for span in spans]
    return roles.respondent(doc.text, mentions, doc.cats[PERSON])


def _evidence(reasons: Iterable[explain.Reason], text: str, offset: int) -> Iterator[Evidence]:
    """Reasons as spans of the body; those in the subject line count but cannot be pointed at."""
    for reason in reasons:
        words = text[reason.start : reason.end]
        if reason.start >= offset and masking.MASK not in words and UNREAD not in words:
            yield Evidence(
                start=reason.start - offset,
                end=reason.end - offset,
                text=words,
                label=reason.label,
                weight=round(reason.weight, 4),
            )
