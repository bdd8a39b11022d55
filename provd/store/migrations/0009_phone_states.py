"""What a phone has of its configuration: which revision it took last, and why it was refused last. Of phones that were
here before, only the moment is known: they count as up to date from their next fetch on."""

STATEMENTS = """
ALTER TABLE phones ADD COLUMN fetched_revision TEXT NOT NULL DEFAULT '';
ALTER TABLE phones ADD COLUMN fetched_at BIGINT;
ALTER TABLE phones ADD COLUMN refused_at BIGINT;
ALTER TABLE phones ADD COLUMN refused_why TEXT NOT NULL DEFAULT '';
ALTER TABLE phones ADD COLUMN refused_address TEXT NOT NULL DEFAULT '';
UPDATE phones SET fetched_at = last_contact
"""
