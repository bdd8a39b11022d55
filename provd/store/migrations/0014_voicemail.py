"""Mailboxes with their messages and greetings, and the history of calls.

`mailbox_changes` is a feed of its own: a message left must light one lamp, and not have every phone's keys read again.
"""

STATEMENTS = """
CREATE TABLE mailboxes (
  user_id BIGINT PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
  domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, settings TEXT NOT NULL,
  greeting_id BIGINT, name_file TEXT NOT NULL, name_seconds DOUBLE PRECISION NOT NULL, name_octets BIGINT NOT NULL,
  reminded BIGINT NOT NULL
);
CREATE INDEX mailboxes_domain ON mailboxes (domain_id);
CREATE TABLE voicemails (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL REFERENCES users(id) ON DELETE CASCADE, folder TEXT NOT NULL, at BIGINT NOT NULL,
  moved BIGINT NOT NULL, number TEXT NOT NULL, name TEXT NOT NULL, seconds DOUBLE PRECISION NOT NULL,
  octets BIGINT NOT NULL, file TEXT NOT NULL, urgent BOOLEAN NOT NULL, copied_from TEXT NOT NULL
);
CREATE INDEX voicemails_user ON voicemails (user_id, folder, at, id);
CREATE INDEX voicemails_domain ON voicemails (domain_id);
CREATE INDEX voicemails_trash ON voicemails (moved) WHERE folder = 'trash';
CREATE TABLE greetings (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL REFERENCES users(id) ON DELETE CASCADE, name TEXT NOT NULL, source TEXT NOT NULL,
  words TEXT NOT NULL, seconds DOUBLE PRECISION NOT NULL, octets BIGINT NOT NULL, file TEXT NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX greetings_user ON greetings (user_id);
CREATE INDEX greetings_domain ON greetings (domain_id);
CREATE TABLE mailbox_changes (id {id}, domain_id BIGINT NOT NULL, user_id BIGINT NOT NULL);
CREATE TABLE cdrs (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, call TEXT NOT NULL,
  part INTEGER NOT NULL, at DOUBLE PRECISION NOT NULL, answered DOUBLE PRECISION, ended DOUBLE PRECISION NOT NULL,
  direction TEXT NOT NULL, from_name TEXT NOT NULL, from_number TEXT NOT NULL, from_extension TEXT NOT NULL,
  dialed TEXT NOT NULL, to_number TEXT NOT NULL, to_name TEXT NOT NULL, disposition TEXT NOT NULL,
  status INTEGER NOT NULL, blocked BOOLEAN NOT NULL, missed BOOLEAN NOT NULL, note TEXT NOT NULL,
  note_disposition TEXT NOT NULL, note_reason TEXT NOT NULL, noted_by TEXT NOT NULL, UNIQUE (domain_id, call, part)
);
CREATE INDEX cdrs_list ON cdrs (domain_id, at, id, from_number, dialed, direction, missed);
CREATE TABLE cdr_people (
  id {id}, cdr_id BIGINT NOT NULL REFERENCES cdrs(id) ON DELETE CASCADE, domain_id BIGINT NOT NULL,
  extension TEXT NOT NULL, at DOUBLE PRECISION NOT NULL
);
CREATE INDEX cdr_people_cdr ON cdr_people (cdr_id);
CREATE INDEX cdr_people_list ON cdr_people (domain_id, extension, at, cdr_id)
"""
