import type { RequestTrace } from '../core/tracing.js';
import type { PredictReply } from './contracts.js';
import type { RunAnswer } from './runner-request.js';

/** Of a request of very many rows only the last steps are shown one by one. */
const MAX_STEPS = 24;

/**
 * The stages between taking a request (`submitted`) and its answer (`answered`): its wait, then the steps of the sessions. These are known by their
 * durations, one after the other; the last has ended when the answer came.
 */
export function traceRun(trace: RequestTrace, { steps, ranRows }: RunAnswer, { submitted, queued, answered }: { readonly submitted: number; readonly queued: number; readonly answered: number }): void {
  trace.stage('queue', submitted, submitted + queued);
  let to = answered;
  for (const { stage, milliseconds, error } of steps.slice(-MAX_STEPS).reverse()) {
    trace.stage(stage, to - milliseconds, to, error === null ? {} : { 'error.type': error });
    to -= milliseconds;
  }
  trace.describe({ 'metaerr.batch_rows': ranRows });
}

/** What a request was answered, as far as it has few values. */
export function traceReply(trace: RequestTrace, { model, predictionId, rows, status, metaVersion, reviews }: PredictReply): void {
  trace.describe({
    'metaerr.model': model.key.model,
    'metaerr.version': String(model.key.version),
    'metaerr.prediction_id': predictionId,
    'metaerr.rows': rows,
    'metaerr.status': status,
    'metaerr.meta_version': metaVersion,
    'metaerr.reviews': reviews.reduce((sum, review) => sum + review, 0),
  });
}
