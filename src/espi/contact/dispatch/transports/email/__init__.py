"""E-mail over an SMTP relay: the mail, its headers, and what each reply of a relay means."""
