import type { Job, JobProgress, JobType, NewJob, RetrainResult } from '../queue.js';

/** What BullMQ keeps of a job as it was enqueued. */
export interface JobData extends NewJob {
  /** Milliseconds; BullMQ's own time of a follow-up is that at which it became a job. */
  readonly createdAt: number;
}

/** What a job that BullMQ calls completed returned. */
export interface JobEnd {
  readonly state: 'completed' | 'cancelled';
  readonly result: RetrainResult | null;
  /** Whether a handler had begun it. */
  readonly begun: boolean;
}

/** A job as the script FIND reads it; see there. */
export type FoundJob = readonly [
  place: string,
  data: string,
  progress: string | null,
  processedOn: string | null,
  finishedOn: string | null,
  returned: string | null,
  failedReason: string | null,
];

/** As it was enqueued, also by an older release, which told of no trace. */
export function ofAnyRelease(data: JobData): JobData {
  return { ...data, traceParent: data.traceParent ?? null };
}

/** The texts were written by this adapter only, so they are what the types say. */
export function jobOfFound(id: string, [place, text, progress, processedOn, finishedOn, returned, failedReason]: FoundJob): Job {
  const { type, model, version, trigger, requestId, traceParent, createdAt } = ofAnyRelease(JSON.parse(text) as JobData);
  const end = place === 'completed' ? (JSON.parse(returned ?? 'null') as JobEnd | null) : null;
  const state = place === 'completed' ? (end?.state ?? 'completed') : (place as 'waiting' | 'active' | 'failed');
  const begun = state !== 'waiting' && (end?.begun ?? true);
  return {
    id,
    type: type satisfies JobType,
    model,
    version,
    state,
    progress: state === 'waiting' ? null : progressOf(progress),
    result: end?.result ?? null,
    error: end === null ? failedReason : null,
    trigger,
    requestId,
    traceParent,
    createdAt,
    startedAt: begun && processedOn !== null ? Number(processedOn) : null,
    endedAt: finishedOn === null ? null : Number(finishedOn),
  };
}

function progressOf(text: string | null): JobProgress | null {
  const value: unknown = text === null ? null : JSON.parse(text);
  // BullMQ's own "none" is the number 0.
  return typeof value === 'object' ? (value as JobProgress | null) : null;
}
