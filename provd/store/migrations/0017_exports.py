"""Exports of the call history that run by themselves, their files, and the archives of old records.

The archive's row says how much of its file counts: what was written after it, before a crash, is cut off again.
"""

STATEMENTS = """
CREATE TABLE export_schedules (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, name TEXT NOT NULL,
  settings TEXT NOT NULL, sealed_password TEXT NOT NULL, sealed_key TEXT NOT NULL, paused BOOLEAN NOT NULL,
  next_at BIGINT, asked BIGINT NOT NULL, claimed BIGINT NOT NULL, tries INTEGER NOT NULL, try_at BIGINT NOT NULL,
  ran_at BIGINT NOT NULL, text TEXT NOT NULL, created BIGINT NOT NULL, created_by TEXT NOT NULL
);
CREATE INDEX export_schedules_domain ON export_schedules (domain_id);
CREATE INDEX export_schedules_next ON export_schedules (next_at);
CREATE TABLE exports (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE,
  schedule_id BIGINT REFERENCES export_schedules(id) ON DELETE SET NULL, name TEXT NOT NULL, file TEXT NOT NULL,
  at BIGINT NOT NULL, since BIGINT NOT NULL, until BIGINT NOT NULL, calls BIGINT NOT NULL, octets BIGINT NOT NULL,
  state TEXT NOT NULL, text TEXT NOT NULL, tries INTEGER NOT NULL, try_at BIGINT NOT NULL, claimed BIGINT NOT NULL,
  UNIQUE (schedule_id, at)
);
CREATE INDEX exports_domain ON exports (domain_id, at);
CREATE INDEX exports_at ON exports (at);
CREATE INDEX exports_waiting ON exports (try_at) WHERE state = 'waiting';
CREATE TABLE cdr_archives (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, month TEXT NOT NULL,
  file TEXT NOT NULL, calls BIGINT NOT NULL, octets BIGINT NOT NULL, changed BIGINT NOT NULL,
  UNIQUE (domain_id, month)
)
"""
