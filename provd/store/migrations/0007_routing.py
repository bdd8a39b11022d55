"""When rules hold and where calls to the company's numbers go. A frame's number is what keys and codes name it by; it
is never given twice. A switch is a row while somebody's rule of a frame is switched off."""

STATEMENTS = """
CREATE TABLE timeframes (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE,
  user_id BIGINT REFERENCES users(id) ON DELETE CASCADE, number INTEGER NOT NULL, name TEXT NOT NULL,
  times TEXT NOT NULL, forced TEXT NOT NULL, created BIGINT NOT NULL, UNIQUE (domain_id, number)
);
CREATE INDEX timeframes_user ON timeframes (user_id);
CREATE TABLE timeframe_switches (
  id {id}, timeframe_id BIGINT NOT NULL REFERENCES timeframes(id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL REFERENCES users(id) ON DELETE CASCADE, since BIGINT NOT NULL,
  UNIQUE (timeframe_id, user_id)
);
CREATE INDEX timeframe_switches_user ON timeframe_switches (user_id);
CREATE TABLE phone_numbers (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, number TEXT NOT NULL UNIQUE,
  site_id BIGINT REFERENCES sites(id) ON DELETE SET NULL, treatment TEXT NOT NULL,
  user_id BIGINT REFERENCES users(id) ON DELETE SET NULL, destination TEXT NOT NULL, caller_id_prefix TEXT NOT NULL,
  notes TEXT NOT NULL, enabled BOOLEAN NOT NULL, created BIGINT NOT NULL
);
CREATE INDEX phone_numbers_domain ON phone_numbers (domain_id, number);
CREATE INDEX phone_numbers_user ON phone_numbers (user_id);
CREATE INDEX phone_numbers_site ON phone_numbers (site_id);
ALTER TABLE domains ADD COLUMN country TEXT NOT NULL DEFAULT 'US';
ALTER TABLE domains ADD COLUMN last_timeframe INTEGER NOT NULL DEFAULT 0
"""
