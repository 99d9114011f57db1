import type { Job, JobProgress, JobState, RetrainResult } from '../queue.js';

/** One row of the table `jobs`, in the order of JOB_COLUMNS. */
export type JobRow = [
  id: string,
  type: string,
  model: string,
  version: number,
  state: string,
  trigger: string,
  requestId: string | null,
  traceParent: string | null,
  progress: string | null,
  result: string | null,
  error: string | null,
  createdAt: number,
  startedAt: number | null,
  endedAt: number | null,
];

export const JOB_COLUMNS = 'id, type, model, version, state, trigger, request_id, trace_parent, progress, result, error, created_at, started_at, ended_at';

/** The texts were written by this adapter only, so they are what the types say. */
export function jobOfRow([id, , model, version, state, trigger, requestId, traceParent, progress, result, error, createdAt, startedAt, endedAt]: JobRow): Job {
  return {
    id,
    type: 'retrain',
    model,
    version,
    state: state as JobState,
    trigger,
    requestId,
    traceParent,
    progress: progress === null ? null : (JSON.parse(progress) as JobProgress),
    result: result === null ? null : (JSON.parse(result) as RetrainResult),
    error,
    createdAt,
    startedAt,
    endedAt,
  };
}
