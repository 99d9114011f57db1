/** The meta-model version for whose drift a retraining was asked for last. */
export const SCHEMA_5 = `
CREATE TABLE drift_marks (
  model TEXT NOT NULL,
  version INTEGER NOT NULL,
  digest TEXT NOT NULL,
  meta_version INTEGER NOT NULL,
  PRIMARY KEY (model, version, digest)
) STRICT, WITHOUT ROWID;
`;
