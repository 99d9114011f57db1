/** Who asked for a job, and the time before which a job that failed is not tried again. */
export const SCHEMA_3 = `
ALTER TABLE jobs ADD COLUMN request_id TEXT;
ALTER TABLE jobs ADD COLUMN not_before REAL NOT NULL DEFAULT 0;
`;
