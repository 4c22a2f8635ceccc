"""The one reader of mails and forms, made from the settings: for the doors, and for the command line."""

from app.files import file_limits
from app.settings import Settings
from mailin.inbound import MailReader


def mail_reader(settings: Settings) -> MailReader:
    """How this municipality reads its mail."""
    return MailReader(
        own_addresses=(settings.municipality.email, *settings.recipients),
        mail_domain=settings.mail_domain,
        forwarders=settings.smtp.forwarders,
        mappings=settings.form_mappings(),
        authserv_ids=settings.mail.authserv_ids,
        limits=file_limits(settings.attachments),
        staff_domains=settings.mail.staff_domains or (settings.mail_domain,),
    )
