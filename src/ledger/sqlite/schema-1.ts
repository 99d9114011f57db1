/**
 * The first schema. Rows of `prediction` are narrow, so counting reads no blobs: feature vectors and raw inputs have tables of
 * their own under the same `seq`. What a row's ground truth comes to stands in the row itself (`failure`, `truth_*`, `records`,
 * `distinct_values`); `ground_truth` is the history, clustered by row.
 */
export const SCHEMA_1 = `
CREATE TABLE model (
  model_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE model_key (
  key_id INTEGER PRIMARY KEY,
  model_id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  digest TEXT NOT NULL,
  label_sequence INTEGER NOT NULL DEFAULT 0,
  UNIQUE (model_id, version, digest)
) STRICT;

CREATE TABLE feature_schema (
  schema_id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,
  width INTEGER NOT NULL
) STRICT;

CREATE TABLE prediction (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  row INTEGER NOT NULL,
  reply_rows INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  key_id INTEGER NOT NULL,
  schema_id INTEGER NOT NULL,
  created_at REAL NOT NULL,
  task INTEGER NOT NULL,
  label TEXT,
  class INTEGER NOT NULL,
  value REAL,
  tolerance REAL,
  confidence REAL,
  cold_start REAL,
  failure_probability REAL,
  review INTEGER NOT NULL,
  meta_version INTEGER NOT NULL,
  status INTEGER NOT NULL,
  failure INTEGER,
  truth_kind INTEGER,
  truth_value TEXT,
  truth_observed_at REAL,
  truth_n INTEGER,
  records INTEGER NOT NULL DEFAULT 0,
  distinct_values INTEGER NOT NULL DEFAULT 0,
  UNIQUE (id, row)
) STRICT;
CREATE INDEX prediction_by_time ON prediction (model_id, created_at);
CREATE INDEX prediction_labelled ON prediction (key_id, created_at, id, row, schema_id, meta_version, failure) WHERE failure IS NOT NULL;

CREATE TABLE features (
  seq INTEGER PRIMARY KEY,
  vector BLOB NOT NULL
) STRICT;

CREATE TABLE inputs (
  seq INTEGER PRIMARY KEY,
  model_id INTEGER NOT NULL,
  created_at REAL NOT NULL,
  json TEXT NOT NULL
) STRICT;
CREATE INDEX inputs_by_time ON inputs (model_id, created_at);

CREATE TABLE ground_truth (
  seq INTEGER NOT NULL,
  n INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  value TEXT NOT NULL,
  observed_at REAL NOT NULL,
  received_at REAL NOT NULL,
  source TEXT,
  PRIMARY KEY (seq, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE pending (
  pending_id INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  row INTEGER,
  kind INTEGER NOT NULL,
  value TEXT NOT NULL,
  observed_at REAL NOT NULL,
  received_at REAL NOT NULL,
  source TEXT
) STRICT;
CREATE INDEX pending_by_id ON pending (id, received_at);

CREATE TABLE expired (
  tag TEXT PRIMARY KEY,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE meta_model (
  model TEXT NOT NULL,
  version INTEGER NOT NULL,
  base_version INTEGER NOT NULL,
  digest TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at REAL NOT NULL,
  promoted_at REAL,
  reason TEXT NOT NULL,
  metrics TEXT,
  training TEXT NOT NULL,
  feature_schema TEXT NOT NULL,
  PRIMARY KEY (model, version)
) STRICT;
CREATE UNIQUE INDEX meta_model_champion ON meta_model (model, base_version, digest) WHERE state = 'champion';

CREATE TABLE meta_model_bytes (
  model TEXT NOT NULL,
  version INTEGER NOT NULL,
  onnx BLOB NOT NULL,
  PRIMARY KEY (model, version)
) STRICT;

CREATE TABLE meta_model_sequence (
  model TEXT PRIMARY KEY,
  last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  model TEXT NOT NULL,
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  trigger TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  progress TEXT,
  result TEXT,
  error TEXT,
  created_at REAL NOT NULL,
  started_at REAL,
  ended_at REAL
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state, created_at);
CREATE UNIQUE INDEX jobs_one_waiting ON jobs (type, model, version) WHERE state = 'waiting';

CREATE TABLE training_marks (
  model TEXT NOT NULL,
  version INTEGER NOT NULL,
  digest TEXT NOT NULL,
  label_sequence INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (model, version, digest)
) STRICT, WITHOUT ROWID;
`;
