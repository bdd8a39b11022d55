"""Whether a carrier is asked by OPTIONS whether it is there: not all of them want that."""

STATEMENTS = """
ALTER TABLE trunks ADD COLUMN asks BOOLEAN NOT NULL DEFAULT TRUE
"""
