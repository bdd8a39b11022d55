"""Who is idle, ringing or busy, told to the phones that ask: subscriptions, documents, lamps (RFC 6665)."""
