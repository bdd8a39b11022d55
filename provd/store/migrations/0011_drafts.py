"""Changes of phones and templates that somebody has made and not saved yet."""

STATEMENTS = """
CREATE TABLE drafts (
  id {id}, phone_id BIGINT REFERENCES phones(id) ON DELETE CASCADE,
  template_id BIGINT REFERENCES templates(id) ON DELETE CASCADE,
  user_id BIGINT REFERENCES users(id) ON DELETE CASCADE, owner TEXT NOT NULL, name TEXT NOT NULL,
  revision INTEGER NOT NULL, sealed_content TEXT NOT NULL, created BIGINT NOT NULL, updated BIGINT NOT NULL,
  UNIQUE (phone_id, owner), UNIQUE (template_id, owner)
);
CREATE INDEX drafts_user ON drafts (user_id);
CREATE INDEX drafts_updated ON drafts (updated)
"""
