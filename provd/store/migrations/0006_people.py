"""Mails that wait, one-time links, second factors, who looks after which company, and whose an API key is."""

STATEMENTS = """
CREATE TABLE mails (
  id {id}, kind TEXT NOT NULL, recipient TEXT NOT NULL, sealed_message TEXT NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL, doubts INTEGER NOT NULL, due BIGINT NOT NULL, created BIGINT NOT NULL, finished BIGINT,
  reason TEXT NOT NULL
);
CREATE INDEX mails_due ON mails (state, due);
CREATE INDEX mails_recipient ON mails (recipient, created);
CREATE TABLE account_links (
  id {id}, user_id BIGINT NOT NULL REFERENCES users(id) ON DELETE CASCADE, purpose TEXT NOT NULL,
  digest TEXT NOT NULL UNIQUE, created BIGINT NOT NULL, until BIGINT NOT NULL
);
CREATE INDEX account_links_user ON account_links (user_id);
CREATE TABLE second_factors (
  user_id BIGINT PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE, sealed_secret TEXT NOT NULL,
  created BIGINT NOT NULL, confirmed BIGINT, last_step BIGINT NOT NULL, failures INTEGER NOT NULL,
  failed BIGINT NOT NULL
);
CREATE TABLE recovery_codes (
  id {id}, user_id BIGINT NOT NULL REFERENCES users(id) ON DELETE CASCADE, digest TEXT NOT NULL, used BIGINT
);
CREATE INDEX recovery_codes_user ON recovery_codes (user_id);
CREATE TABLE reseller_domains (
  id {id}, user_id BIGINT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, UNIQUE (user_id, domain_id)
);
CREATE INDEX reseller_domains_domain ON reseller_domains (domain_id);
ALTER TABLE domains ADD COLUMN hide_delete BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE domains ADD COLUMN second_factor BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE sites ADD COLUMN user_defaults TEXT NOT NULL DEFAULT '{}';
ALTER TABLE api_keys ADD COLUMN user_id BIGINT REFERENCES users(id) ON DELETE CASCADE;
UPDATE api_keys SET user_id = (
  SELECT u.id FROM users u WHERE u.domain_id = api_keys.domain_id
  AND SUBSTR(api_keys.name, 1, LENGTH(u.login_name) + 2) = u.login_name || ': '
) WHERE scope IN ('basic_user', 'call_center_agent', 'site_manager');
UPDATE api_keys SET name = SUBSTR(name, (SELECT LENGTH(u.login_name) FROM users u WHERE u.id = api_keys.user_id) + 3)
WHERE user_id IS NOT NULL;
CREATE INDEX api_keys_user ON api_keys (user_id);
CREATE INDEX audits_noun ON audits (noun, ref, id)
"""
