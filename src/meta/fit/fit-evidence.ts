import type { EvidenceFit } from '../experts/evidence.js';
import type { Form } from '../experts/form.js';
import { fitStandardizer, type Standardizer } from '../experts/standardizer.js';
import { fitPool } from '../linear/multinomial-pool.js';
import type { ColumnSet } from './column-set.js';
import { knownRows } from './known-rows.js';
import type { Neighbours, Signals } from './stages.js';

/** Fits the pool and the standardization of every block of columns on all rows. */
export function fitEvidence(rows: number, form: Form, labels: Int32Array, signals: Signals, neighbours: Neighbours): EvidenceFit {
  const fit = (set: ColumnSet | null): Standardizer | null => (set === null ? null : fitStandardizer(set.data, rows, set.width));
  return {
    pool: form.kind === 'classes' ? fitPool({
      classes: form.references, logProbabilities: signals.logProbabilities!.data, affinities: neighbours.affinities!.data,
      truths: labels, rows: knownRows(labels),
    }) : null,
    centred: fit(signals.centred),
    figures: fit(signals.figures),
    affinities: fit(neighbours.affinities)!,
    spread: fit(neighbours.spread)!,
    contrast: fit(neighbours.contrast)!,
  };
}
