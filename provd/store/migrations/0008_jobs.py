"""Jobs follow their phones to the end: what each item was and became, when, and a number that counts the changes."""

STATEMENTS = """
ALTER TABLE jobs ADD COLUMN text TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN counts TEXT NOT NULL DEFAULT '{}';
ALTER TABLE jobs ADD COLUMN stage INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN excused INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN change BIGINT NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN parent BIGINT;
ALTER TABLE jobs ADD COLUMN until BIGINT;
UPDATE jobs SET until = created + 129600 WHERE state IN ('waiting', 'running');
ALTER TABLE job_items ADD COLUMN change BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job_items ADD COLUMN phone_id BIGINT;
ALTER TABLE job_items ADD COLUMN was TEXT;
ALTER TABLE job_items ADD COLUMN wish TEXT;
ALTER TABLE job_items ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job_items ADD COLUMN written DOUBLE PRECISION;
ALTER TABLE job_items ADD COLUMN notified DOUBLE PRECISION;
ALTER TABLE job_items ADD COLUMN fetched DOUBLE PRECISION;
CREATE INDEX jobs_until ON jobs (until);
CREATE INDEX job_items_state ON job_items (job_id, state, id);
CREATE INDEX job_items_change ON job_items (job_id, change);
CREATE INDEX job_items_ref ON job_items (ref)
"""
