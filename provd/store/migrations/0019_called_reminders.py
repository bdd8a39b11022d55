"""When somebody was last called because of messages that wait (SF-064)."""

STATEMENTS = """
ALTER TABLE mailboxes ADD COLUMN called BIGINT NOT NULL DEFAULT 0
"""
