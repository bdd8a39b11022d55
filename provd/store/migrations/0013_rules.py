"""What is done with calls to each person, how the company dials, its trunks, and the calls that it tries. A person
without rows has the default rule and nothing else set; a rule is off while timeframe_switches says so."""

STATEMENTS = """
CREATE TABLE answer_rules (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  timeframe_id BIGINT REFERENCES timeframes(id) ON DELETE CASCADE, place INTEGER NOT NULL, content TEXT NOT NULL,
  created BIGINT NOT NULL, UNIQUE (user_id, timeframe_id)
);
CREATE INDEX answer_rules_domain ON answer_rules (domain_id);
CREATE INDEX answer_rules_timeframe ON answer_rules (timeframe_id);
CREATE TABLE answering (
  user_id BIGINT PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
  domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, do_not_disturb BOOLEAN NOT NULL,
  forwards TEXT NOT NULL, block_anonymous BOOLEAN NOT NULL, spam TEXT NOT NULL,
  chosen BIGINT REFERENCES answer_rules(id) ON DELETE SET NULL
);
CREATE INDEX answering_domain ON answering (domain_id);
CREATE INDEX answering_chosen ON answering (chosen);
CREATE TABLE number_filters (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE,
  user_id BIGINT REFERENCES users(id) ON DELETE CASCADE, number TEXT NOT NULL, allowed BOOLEAN NOT NULL,
  created BIGINT NOT NULL
);
CREATE UNIQUE INDEX number_filters_company ON number_filters (domain_id, number) WHERE user_id IS NULL;
CREATE UNIQUE INDEX number_filters_user ON number_filters (user_id, number) WHERE user_id IS NOT NULL;
CREATE INDEX number_filters_domain ON number_filters (domain_id);
CREATE TABLE dialling (
  domain_id BIGINT PRIMARY KEY REFERENCES domains(id) ON DELETE CASCADE, code_table TEXT NOT NULL, codes TEXT NOT NULL,
  translations TEXT NOT NULL, emergency TEXT NOT NULL, caller_id_number TEXT NOT NULL,
  emergency_caller_id TEXT NOT NULL, spam_offered BOOLEAN NOT NULL
);
CREATE TABLE trunks (
  id {id}, domain_id BIGINT REFERENCES domains(id) ON DELETE CASCADE, name TEXT NOT NULL, place INTEGER NOT NULL,
  kind TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL, transport TEXT NOT NULL, user_name TEXT NOT NULL,
  sealed_password TEXT NOT NULL, networks TEXT NOT NULL, most_calls INTEGER NOT NULL, writes TEXT NOT NULL,
  enabled BOOLEAN NOT NULL, created BIGINT NOT NULL
);
CREATE INDEX trunks_domain ON trunks (domain_id);
CREATE TABLE tried_calls (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, name TEXT NOT NULL, asked TEXT NOT NULL,
  expected TEXT NOT NULL, created BIGINT NOT NULL, UNIQUE (domain_id, name)
)
"""
