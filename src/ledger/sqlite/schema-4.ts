/** Tests of being better than the champion that were counted since it was last beaten, and the label sequence of the last of them. */
export const SCHEMA_4 = `
CREATE TABLE promotion_attempts (
  model TEXT NOT NULL,
  version INTEGER NOT NULL,
  digest TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  label_sequence INTEGER NOT NULL,
  PRIMARY KEY (model, version, digest)
) STRICT, WITHOUT ROWID;
`;
