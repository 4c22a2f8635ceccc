"""The first start on a mailbox that has been in use for years: nothing old is answered, and it can be imported."""

from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path

from core.domain.access import Role
from core.domain.tasks import TaskKind
from tests.e2e.town import OPENED, further_mail, letters, municipality, tasks
from tests.faults.mailboxes import DOOR
from tests.faults.service import Service
from tests.parts.dovecot import Dovecot
from tests.parts.postfix import Postfix

OLD = 41


def old_mail(number: int) -> bytes:
    """One of the mails from before our time, each from somebody else."""
    mail = further_mail(number, f"Oude klacht {number}", f"Dit speelde {number} maanden geleden.\n")
    mail["From"] = f"Burger {number} <burger{number}@voorbeeld.example>"
    return mail.as_bytes(policy=policy.SMTP)


def imported(service: Service, *arguments: str) -> str:
    """What ``gehoord import`` says."""
    ended = service.run("import", *arguments)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def filled(dovecot: Dovecot, mailbox: str) -> None:
    """Put the old mail in a mailbox: years old, and the last of it a moment ago."""
    long_ago = datetime(2021, 3, 1, 9, 30, tzinfo=UTC)
    with dovecot.login(mailbox) as client:
        for number in range(1, OLD):
            client.append("INBOX", old_mail(number), msg_time=long_ago + timedelta(days=40 * number))
    dovecot.deliver(mailbox, old_mail(OLD))


def test_old_mail_is_left_told_and_imported_on_purpose(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    mailbox = dovecot.address("klachten")
    filled(dovecot, mailbox)
    with municipality(dovecot, postfix, mailbox=mailbox) as town:
        service = town.service
        town.until_task(TaskKind.OLD_MAIL)
        assert tasks(service, TaskKind.OLD_MAIL) == [(Role.ADMINISTRATOR, f"{DOOR}:{OLD}")]
        town.write(further_mail(99, "Nieuwe klacht", "Dit was vandaag.\n"), mailbox)
        (letter,) = town.read()
        dovecot.wait_for(mailbox, folder="Verwerkt")
        assert letter["In-Reply-To"] == "<traplift-99@voorbeeld.example>"
        assert town.outcomes() == [OPENED]
        assert len(dovecot.messages(mailbox)) == OLD

        looked = imported(service, "imap:klachten", "--dry-run")
        assert looked.split()[:2] == [str(OLD), "opened"]
        assert service.count("message") == 1
        assert len(dovecot.messages(mailbox)) == OLD

        assert imported(service, "imap:klachten").split()[:2] == [str(OLD), "opened"]
        assert service.count("message") == service.count("case") == OLD + 1
        assert dovecot.messages(mailbox) == []
        assert len(dovecot.messages(mailbox, "Verwerkt")) == OLD + 1
        assert tasks(service, TaskKind.OLD_MAIL) == []
        for number in range(1, OLD + 1):
            (tmp_path / f"{number}.eml").write_bytes(old_mail(number))
        assert imported(service, str(tmp_path)).split()[:2] == [str(OLD), "duplicate"]
        assert service.count("message") == OLD + 1
        assert letters(service) == [("ontvangst", "sent")]
        assert len(tasks(service, TaskKind.REVIEW)) == OLD + 1
