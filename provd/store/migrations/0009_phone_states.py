"""What a phone has of its configuration: which revision it took last, and why it was refused last."""

STATEMENTS = """
ALTER TABLE phones ADD COLUMN fetched_revision TEXT NOT NULL DEFAULT '';
ALTER TABLE phones ADD COLUMN fetched_at BIGINT;
ALTER TABLE phones ADD COLUMN refused_at BIGINT;
ALTER TABLE phones ADD COLUMN refused_why TEXT NOT NULL DEFAULT '';
ALTER TABLE phones ADD COLUMN refused_address TEXT NOT NULL DEFAULT ''
"""
