"""Who is registered where: credentials, bindings and what happens to them (RFC 3261 section 10)."""
