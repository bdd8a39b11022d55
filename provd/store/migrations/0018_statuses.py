"""What people say of themselves: a line that their colleagues see (SF-015).

A table of its own: phones and routing have no part in it, and are not told of a change.
"""

STATEMENTS = """
CREATE TABLE statuses (
  user_id BIGINT PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
  domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, status TEXT NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX statuses_domain ON statuses (domain_id, at)
"""
