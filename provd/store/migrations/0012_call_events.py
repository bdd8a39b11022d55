"""What happened in calls, and the dialogs of calls that are on, so that nobody is left in one after a restart."""

STATEMENTS = """
CREATE TABLE call_events (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, call TEXT NOT NULL,
  at DOUBLE PRECISION NOT NULL, kind TEXT NOT NULL, leg INTEGER NOT NULL, extension TEXT NOT NULL,
  device TEXT NOT NULL, number TEXT NOT NULL, name TEXT NOT NULL, called TEXT NOT NULL, status INTEGER NOT NULL,
  reason TEXT NOT NULL, blocked BOOLEAN NOT NULL, detail TEXT NOT NULL
);
CREATE INDEX call_events_call ON call_events (call, id);
CREATE INDEX call_events_domain ON call_events (domain_id, at, id);
CREATE TABLE call_dialogs (
  leg TEXT PRIMARY KEY, domain TEXT NOT NULL, call_id TEXT NOT NULL, local TEXT NOT NULL, remote TEXT NOT NULL,
  target TEXT NOT NULL, routes TEXT NOT NULL, cseq BIGINT NOT NULL, protocol TEXT NOT NULL, address TEXT NOT NULL,
  port INTEGER NOT NULL, since DOUBLE PRECISION NOT NULL
)
"""
