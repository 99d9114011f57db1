import type { Clock } from '../core/clock.js';
import { MetaErrError, messageOf } from '../core/errors.js';
import type { JobTrace, TraceAttributes, Tracing } from '../core/tracing.js';
import type { Job, JobContext } from './queue.js';
import type { Settlement } from './settle-challenger.js';

/**
 * The stage that a step of the progress belongs to. Steps between reading and judging are named by what is fitted, and come and go with the experts; those
 * after judging fit what goes live: the same recipe on every row, or a label-free meta-model.
 */
function stageOf(step: string): 'read' | 'fit' | 'judge' | 'promote' {
  if (step.startsWith('reading')) return 'read';
  if (step === 'evaluating') return 'judge';
  return step === 'promoting' ? 'promote' : 'fit';
}

/** The trace of one run of a retraining. It says nothing where the run is not traced. */
export class RetrainTrace {
  readonly #clock: Clock;
  #trace: JobTrace | null;
  #stage: { readonly name: string; readonly from: number } | null = null;

  constructor(tracing: Tracing, job: Job, clock: Clock) {
    // The job may have been asked for by a clock that is ahead.
    const waited = Math.max(0, clock.now() - job.createdAt);
    this.#clock = clock;
    this.#trace = tracing.beginJob({ name: job.type, waited, askedBy: job.traceParent, attributes: attributesOf(job) });
    const now = clock.monotonic();
    this.#trace?.stage('queue', now - waited, now);
  }

  /** What log lines name the trace by. */
  get ids(): Readonly<Record<string, string>> {
    return this.#trace === null ? {} : { trace_id: this.#trace.traceId, span_id: this.#trace.spanId };
  }

  /** The same context; the progress that is told to it tells the stages. */
  follow(context: JobContext): JobContext {
    if (this.#trace === null) return context;
    const progress: JobContext['progress'] = (told) => {
      this.#enter(stageOf(told.step));
      context.progress(told);
    };
    return { signal: context.signal, progress };
  }

  /** The run came to nothing, for nothing was to be done. */
  skipped(): void {
    this.#end({ 'metaerr.result': 'skipped' });
  }

  settled({ kind, rows, failures, result }: Settlement): void {
    this.#end({ 'metaerr.result': kind, 'metaerr.rows': rows, 'metaerr.failures': failures, 'metaerr.meta_version': result.meta_version });
  }

  /** `error` null: it was stopped, and nothing went wrong. */
  failed(result: 'failed' | 'cancelled' | 'postponed', error: unknown): void {
    if (error === null) return this.#end({ 'metaerr.result': result });
    this.#end({ 'metaerr.result': result, 'error.type': typeOf(error) }, messageOf(error));
  }

  #enter(name: string): void {
    if (name === this.#stage?.name) return;
    this.#leave(null);
    this.#stage = { name, from: this.#clock.monotonic() };
  }

  #leave(fault: string | null): void {
    if (this.#stage !== null) this.#trace?.stage(this.#stage.name, this.#stage.from, this.#clock.monotonic(), fault === null ? {} : { 'error.type': fault });
    this.#stage = null;
  }

  #end(attributes: TraceAttributes, fault: string | null = null): void {
    this.#leave(fault);
    this.#trace?.describe(attributes);
    this.#trace?.end(fault);
    this.#trace = null;
  }
}

function attributesOf({ id, model, version, trigger, requestId }: Job): TraceAttributes {
  return {
    'metaerr.model': model,
    'metaerr.version': String(version),
    'metaerr.job_id': id,
    'metaerr.trigger': trigger,
    ...(requestId !== null && { 'metaerr.request_id': requestId }),
  };
}

/** A code of the catalogue, else the name of the error. */
function typeOf(error: unknown): string {
  if (error instanceof MetaErrError) return error.code;
  return error instanceof Error ? error.name : 'Error';
}
