"""Whom the code for support calls (SF-346): an extension or a number, of each company its own."""

STATEMENTS = """
ALTER TABLE dialling ADD COLUMN support TEXT NOT NULL DEFAULT ''
"""
