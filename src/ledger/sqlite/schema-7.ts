/** The span of the request that asked for a job, as `traceparent` has it; null where it was not traced, as of all jobs from before. */
export const SCHEMA_7 = `
ALTER TABLE jobs ADD COLUMN trace_parent TEXT;
`;
