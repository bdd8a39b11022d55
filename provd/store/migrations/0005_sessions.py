"""Who is signed in to the pages. Rows of what happens: a backup leaves them out, and a restore signs everybody out."""

STATEMENTS = """
CREATE TABLE sessions (
  id {id}, digest TEXT NOT NULL UNIQUE, user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created BIGINT NOT NULL, seen BIGINT NOT NULL, until BIGINT NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL,
  own BOOLEAN NOT NULL, waits BOOLEAN NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_until ON sessions (until)
"""
