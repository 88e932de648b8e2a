"""WhatsApp over Meta's Cloud API: requests, answers, error codes, and the reports it posts."""
