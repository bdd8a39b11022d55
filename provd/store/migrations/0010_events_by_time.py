"""Events of a phone, and of a company, are read in the order in which they happened; several processes write them."""

STATEMENTS = """
DROP INDEX phone_events_phone;
DROP INDEX phone_events_domain;
CREATE INDEX phone_events_phone ON phone_events (phone_id, at, id);
CREATE INDEX phone_events_domain ON phone_events (domain_id, at, id)
"""
