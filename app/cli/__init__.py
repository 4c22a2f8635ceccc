"""The ``gehoord`` command. Nouns, then verbs. Every command imports what it needs when it runs: help is instant."""

from app.cli import data, mail, nlp, organisation, service
from app.cli.root import main

__all__ = ["data", "mail", "main", "nlp", "organisation", "service"]
