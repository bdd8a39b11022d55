"""Music on hold: tracks and what is set, of a company, of a user, later of others; `owner_id` is the owner's own id.

`user_id` repeats it for users, so that what is theirs goes with them. The company's row of settings counts every change
of music in the company.
"""

STATEMENTS = """
CREATE TABLE music_tracks (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, owner TEXT NOT NULL,
  owner_id BIGINT NOT NULL, user_id BIGINT REFERENCES users(id) ON DELETE CASCADE, kind TEXT NOT NULL,
  place INTEGER NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL, words TEXT NOT NULL, voice TEXT NOT NULL,
  language TEXT NOT NULL, seconds DOUBLE PRECISION NOT NULL, octets BIGINT NOT NULL, file TEXT NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX music_tracks_owner ON music_tracks (domain_id, owner, owner_id, kind, place);
CREATE INDEX music_tracks_user ON music_tracks (user_id);
CREATE TABLE music_settings (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, owner TEXT NOT NULL,
  owner_id BIGINT NOT NULL, user_id BIGINT REFERENCES users(id) ON DELETE CASCADE, shuffle BOOLEAN NOT NULL,
  gap INTEGER NOT NULL, standard BOOLEAN NOT NULL, silent BOOLEAN NOT NULL, version BIGINT NOT NULL,
  UNIQUE (domain_id, owner, owner_id)
);
CREATE INDEX music_settings_user ON music_settings (user_id)
"""
