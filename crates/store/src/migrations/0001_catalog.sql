-- The catalog. One text for both engines; {words} are replaced per engine by migrate.rs.
-- Times are microseconds since 1970, flags are 0 or 1, JSON is text.

-- Entities and what is needed to process them again. `number` orders full scans.
CREATE TABLE nodes (
  number {number_key},
  reference TEXT NOT NULL UNIQUE,
  uid {bytes} NOT NULL UNIQUE,
  location_key TEXT,
  raw_hash TEXT NOT NULL,
  result_hash TEXT NOT NULL,
  etag TEXT,
  orphan BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  place TEXT,
  problems TEXT NOT NULL,
  final_json TEXT,
  processed TEXT,
  raw TEXT
);
CREATE INDEX nodes_with_problems ON nodes (reference) WHERE problems <> '[]';
CREATE INDEX nodes_without_final ON nodes (reference) WHERE final_json IS NULL;
CREATE INDEX nodes_orphaned ON nodes (reference) WHERE orphan = 1;

-- Who keeps whom alive: source is `provider:name` or a reference, target a reference.
CREATE TABLE edges (
  source TEXT NOT NULL,
  target TEXT NOT NULL,
  PRIMARY KEY (source, target)
) {clustered};
CREATE INDEX edges_by_target ON edges (target);

-- What each entity's processing stated, one row per entity however many relations: [[source, kind, target], …],
-- sorted. Those on the entity's own list are read from here.
CREATE TABLE relation_sets (
  origin TEXT NOT NULL PRIMARY KEY,
  relations TEXT NOT NULL
) {clustered};

-- Those that belong on the list of another entity, to be found by it.
CREATE TABLE relations (
  source TEXT NOT NULL,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  origin TEXT NOT NULL,
  PRIMARY KEY (source, kind, target, origin)
) {clustered};

CREATE TABLE refresh_keys (
  reference TEXT NOT NULL,
  refresh_key TEXT NOT NULL,
  PRIMARY KEY (reference, refresh_key)
) {clustered};
CREATE INDEX refresh_keys_by_key ON refresh_keys (refresh_key);

-- The change log, which is also the history. `seq` has no gaps; only its beginning is ever deleted.
CREATE TABLE changes (
  seq {sequence_key},
  reference TEXT NOT NULL,
  uid {bytes} NOT NULL,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  cause TEXT NOT NULL,
  diff TEXT NOT NULL,
  body_before TEXT
);
CREATE INDEX changes_by_reference ON changes (reference, seq);

-- What is known of a source and when it is to be checked. `marked` says that somebody asked for a check
-- since the last claim, so that finishing that claim must not postpone it.
CREATE TABLE sources (
  source TEXT NOT NULL PRIMARY KEY,
  etag TEXT,
  content_hash TEXT,
  checked_at BIGINT,
  changed_at BIGINT,
  problems TEXT NOT NULL,
  next_check_at BIGINT,
  marked BIGINT NOT NULL,
  held_by TEXT,
  held_until BIGINT,
  duration_ms BIGINT NOT NULL,
  entities BIGINT NOT NULL
) {clustered};
CREATE INDEX sources_due ON sources (next_check_at) WHERE next_check_at IS NOT NULL;

CREATE TABLE locations (
  id {bytes} NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  entity_ref TEXT NOT NULL,
  UNIQUE (kind, target)
) {clustered};
CREATE INDEX locations_by_ref ON locations (entity_ref);

CREATE TABLE leases (
  name TEXT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  expires_at BIGINT NOT NULL
) {clustered};

CREATE TABLE settings (
  user_ref TEXT NOT NULL,
  bucket TEXT NOT NULL,
  setting TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (user_ref, bucket, setting)
) {clustered};
