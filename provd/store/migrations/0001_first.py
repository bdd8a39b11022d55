"""The first tables. `{id}` is the database's own way to say: a whole number that counts up and is never used twice."""

STATEMENTS = """
CREATE TABLE domains (
  id {id}, name TEXT NOT NULL UNIQUE, description TEXT NOT NULL, time_zone TEXT NOT NULL, area_code TEXT NOT NULL,
  language TEXT NOT NULL, admission TEXT NOT NULL, sip_host TEXT NOT NULL, revision INTEGER NOT NULL,
  directory_revision INTEGER NOT NULL, created BIGINT NOT NULL
);
CREATE TABLE sites (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, name TEXT NOT NULL,
  defaults TEXT NOT NULL, revision INTEGER NOT NULL, UNIQUE (domain_id, name)
);
CREATE TABLE departments (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, name TEXT NOT NULL,
  UNIQUE (domain_id, name)
);
CREATE TABLE users (
  id {id}, domain_id BIGINT REFERENCES domains(id) ON DELETE CASCADE, extension TEXT NOT NULL,
  first_name TEXT NOT NULL, last_name TEXT NOT NULL, login_name TEXT NOT NULL UNIQUE,
  department_id BIGINT REFERENCES departments(id) ON DELETE SET NULL,
  site_id BIGINT REFERENCES sites(id) ON DELETE SET NULL, time_zone TEXT NOT NULL, scope TEXT NOT NULL,
  record_calls TEXT NOT NULL, announce_in_audio_directory BOOLEAN NOT NULL, list_in_directory BOOLEAN NOT NULL,
  area_code TEXT NOT NULL, caller_id_name TEXT NOT NULL, caller_id_number TEXT NOT NULL,
  emergency_caller_id TEXT NOT NULL, emails TEXT NOT NULL, sealed_voicemail_pin TEXT NOT NULL,
  password_hash TEXT NOT NULL, service_code TEXT NOT NULL, created BIGINT NOT NULL, UNIQUE (domain_id, extension)
);
CREATE INDEX users_department ON users (department_id);
CREATE INDEX users_site ON users (site_id);
CREATE TABLE devices (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL REFERENCES users(id) ON DELETE CASCADE, name TEXT NOT NULL, sealed_password TEXT NOT NULL,
  transport TEXT NOT NULL, srtp TEXT NOT NULL, expires INTEGER NOT NULL, emergency_caller_id TEXT NOT NULL,
  ignore_for_presence BOOLEAN NOT NULL, allowed_user_agent TEXT NOT NULL, description TEXT NOT NULL,
  created BIGINT NOT NULL, UNIQUE (domain_id, name)
);
CREATE INDEX devices_user ON devices (user_id);
CREATE TABLE templates (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, name TEXT NOT NULL,
  description TEXT NOT NULL, model TEXT NOT NULL, read_only BOOLEAN NOT NULL, revision INTEGER NOT NULL,
  created BIGINT NOT NULL, UNIQUE (domain_id, name)
);
CREATE TABLE phones (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, mac TEXT NOT NULL UNIQUE,
  model TEXT NOT NULL, site_id BIGINT REFERENCES sites(id) ON DELETE SET NULL,
  template_id BIGINT REFERENCES templates(id) ON DELETE SET NULL, description TEXT NOT NULL, time_zone TEXT NOT NULL,
  expansions TEXT NOT NULL, admission TEXT, digest_user TEXT NOT NULL, sealed_digest_password TEXT NOT NULL,
  revision INTEGER NOT NULL, created BIGINT NOT NULL, swapped_from TEXT NOT NULL, last_contact BIGINT,
  last_address TEXT NOT NULL, last_firmware TEXT NOT NULL, last_file TEXT NOT NULL
);
CREATE INDEX phones_domain ON phones (domain_id, mac);
CREATE INDEX phones_template ON phones (template_id);
CREATE INDEX phones_site ON phones (site_id);
CREATE TABLE phone_lines (
  id {id}, phone_id BIGINT NOT NULL REFERENCES phones(id) ON DELETE CASCADE, line INTEGER NOT NULL,
  device_id BIGINT NOT NULL REFERENCES devices(id) ON DELETE CASCADE, shared BOOLEAN NOT NULL, label TEXT NOT NULL,
  UNIQUE (phone_id, line)
);
CREATE INDEX phone_lines_device ON phone_lines (device_id);
CREATE TABLE layers (
  id {id}, kind TEXT NOT NULL, ref TEXT NOT NULL, domain_id BIGINT REFERENCES domains(id) ON DELETE CASCADE,
  settings TEXT NOT NULL, keys TEXT NOT NULL, raw TEXT NOT NULL, directory TEXT NOT NULL, revision INTEGER NOT NULL,
  UNIQUE (kind, ref)
);
CREATE INDEX layers_domain ON layers (domain_id);
CREATE TABLE layer_versions (
  id {id}, layer_id BIGINT NOT NULL REFERENCES layers(id) ON DELETE CASCADE, revision INTEGER NOT NULL,
  settings TEXT NOT NULL, keys TEXT NOT NULL, raw TEXT NOT NULL, directory TEXT NOT NULL, who TEXT NOT NULL,
  at BIGINT NOT NULL, comment TEXT NOT NULL, UNIQUE (layer_id, revision)
);
CREATE TABLE contacts (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE, first_name TEXT NOT NULL,
  last_name TEXT NOT NULL, numbers TEXT NOT NULL
);
CREATE INDEX contacts_domain ON contacts (domain_id);
CREATE TABLE tokens (
  id {id}, domain_id BIGINT NOT NULL REFERENCES domains(id) ON DELETE CASCADE,
  phone_id BIGINT REFERENCES phones(id) ON DELETE CASCADE, digest TEXT NOT NULL UNIQUE, sealed TEXT NOT NULL,
  state TEXT NOT NULL, created BIGINT NOT NULL, first_used BIGINT
);
CREATE INDEX tokens_owner ON tokens (domain_id, phone_id);
CREATE INDEX tokens_phone ON tokens (phone_id);
CREATE TABLE phone_events (
  id {id}, mac TEXT NOT NULL, phone_id BIGINT, domain_id BIGINT, at DOUBLE PRECISION NOT NULL, kind TEXT NOT NULL,
  address TEXT NOT NULL, protocol TEXT NOT NULL, file TEXT NOT NULL, firmware TEXT NOT NULL, user_agent TEXT NOT NULL,
  duration_us BIGINT NOT NULL, status INTEGER NOT NULL, reason TEXT NOT NULL
);
CREATE INDEX phone_events_phone ON phone_events (phone_id, id);
CREATE INDEX phone_events_domain ON phone_events (domain_id, id);
CREATE TABLE knocks (
  mac TEXT PRIMARY KEY, first_seen BIGINT NOT NULL, last_seen BIGINT NOT NULL, count BIGINT NOT NULL,
  address TEXT NOT NULL, user_agent TEXT NOT NULL, vendor TEXT NOT NULL, model TEXT NOT NULL, reason TEXT NOT NULL
);
CREATE INDEX knocks_last_seen ON knocks (last_seen);
CREATE TABLE api_keys (
  id {id}, domain_id BIGINT REFERENCES domains(id) ON DELETE CASCADE, name TEXT NOT NULL, scope TEXT NOT NULL,
  digest TEXT NOT NULL UNIQUE, created BIGINT NOT NULL, created_by TEXT NOT NULL, last_used BIGINT
);
CREATE INDEX api_keys_domain ON api_keys (domain_id);
CREATE TABLE audits (
  id {id}, domain_id BIGINT, at BIGINT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, noun TEXT NOT NULL,
  ref TEXT NOT NULL, changed TEXT NOT NULL
);
CREATE INDEX audits_domain ON audits (domain_id, id);
CREATE TABLE changes (
  id {id}, noun TEXT NOT NULL, ref TEXT NOT NULL, domain_id BIGINT, at BIGINT NOT NULL
);
CREATE TABLE jobs (
  id {id}, domain_id BIGINT REFERENCES domains(id) ON DELETE CASCADE, kind TEXT NOT NULL, state TEXT NOT NULL,
  created BIGINT NOT NULL, created_by TEXT NOT NULL, started BIGINT, finished BIGINT, total INTEGER NOT NULL,
  done INTEGER NOT NULL, failed INTEGER NOT NULL, result TEXT NOT NULL
);
CREATE INDEX jobs_domain ON jobs (domain_id, id);
CREATE TABLE job_items (
  id {id}, job_id BIGINT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE, ref TEXT NOT NULL, state TEXT NOT NULL,
  text TEXT NOT NULL, at BIGINT
);
CREATE INDEX job_items_job ON job_items (job_id, id);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
