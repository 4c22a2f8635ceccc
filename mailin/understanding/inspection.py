"""What `gehoord mail inspect` prints: an understood mail as one JSON object."""

from __future__ import annotations

from mailin.understanding.mail import Mail


def describe(mail: Mail) -> dict[str, object]:
    """The JSON object of the inspect contract; keys beyond the contract follow the required ones."""
    return {
        "subject": mail.subject,
        "from_addr": mail.from_addr,
        "from_name": mail.from_name,
        "to": list(mail.to),
        "text": mail.text,
        "reply_text": mail.reply_text,
        "attachments": [
            {
                "filename": attachment.filename,
                "content_type": attachment.content_type,
                "size": attachment.size,
                "inline": attachment.inline,
            }
            for attachment in mail.attachments
        ],
        "auto_submitted": mail.auto_submitted,
        "bounce": mail.bounce,
        "message_id": mail.message_id,
        "references": list(mail.references),
        "in_reply_to": list(mail.in_reply_to),
        "reply_to": list(mail.reply_to),
        "date": mail.date.isoformat() if mail.date else None,
        "return_path": mail.return_path,
        "authentication_results": list(mail.authentication_results),
        "encrypted": mail.encrypted,
        "bounced_ids": list(mail.bounced_ids),
        "final_status": mail.final_status,
        "failed_recipients": list(mail.failed_recipients),
        "problems": list(mail.problems),
    }
