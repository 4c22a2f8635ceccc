"""The IMAP door: mailboxes that are read."""
