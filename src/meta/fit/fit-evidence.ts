import type { EvidenceFit } from '../experts/evidence.js';
import type { Form } from '../experts/form.js';
import { fitStandardizer, type Standardizer } from '../experts/standardizer.js';
import { fitPool } from '../linear/multinomial-pool.js';
import type { ColumnSet } from './column-set.js';
import { knownRows } from './known-rows.js';
import type { Neighbours, Signals } from './stages.js';

/** The part of the fit that does not depend on distances. */
export type BehaviourFit = Pick<EvidenceFit, 'centred' | 'figures'>;

function standardizerOf(rows: number, set: ColumnSet): Standardizer {
  return fitStandardizer(set.data, rows, set.width);
}

/** Fits the standardization of what the base model says on all rows. */
export function fitBehaviour(rows: number, { centred, figures }: Pick<Signals, keyof BehaviourFit>): BehaviourFit {
  return { centred: centred === null ? null : standardizerOf(rows, centred), figures: figures === null ? null : standardizerOf(rows, figures) };
}

/** Fits the pool and the standardization of what the neighbours say on all rows. */
export function fitEvidence(rows: number, form: Form, labels: Int32Array, logProbabilities: ColumnSet | null, neighbours: Neighbours): Omit<EvidenceFit, keyof BehaviourFit> {
  return {
    pool: form.kind === 'classes' ? fitPool({
      classes: form.references, logProbabilities: logProbabilities!.data, affinities: neighbours.affinities!.data,
      truths: labels, rows: knownRows(labels),
    }) : null,
    affinities: standardizerOf(rows, neighbours.affinities!),
    spread: standardizerOf(rows, neighbours.spread!),
    contrast: standardizerOf(rows, neighbours.contrast!),
  };
}
