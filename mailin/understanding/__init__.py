"""What a mail says: from bytes to an understood mail, pure and total."""
