import { MetaErrError } from '../core/errors.js';
import type { ModelCatalogue } from './contracts.js';
import { nothingPredicts } from './engine-outages.js';

/** Why the server cannot predict yet, or at the moment; null while it can. Whether it is closing is asked elsewhere. */
export function notReady(catalogue: Pick<ModelCatalogue, 'ready' | 'list'>): MetaErrError | null {
  if (!catalogue.ready) return new MetaErrError('MODEL_NOT_READY', 'The server is loading its models.', { retryAfterSeconds: 1 });
  if (nothingPredicts(catalogue)) return new MetaErrError('MODEL_UNAVAILABLE', 'No instance of any model works; GET /readyz says why.', { retryAfterSeconds: 1 });
  return null;
}
