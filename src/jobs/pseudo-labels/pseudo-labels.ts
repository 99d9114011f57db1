import type { Clock } from '../../core/clock.js';
import { MetaErrError } from '../../core/errors.js';
import type { ModelCatalogue } from '../../inference/contracts.js';
import type { Ledger } from '../../ledger/ledger.js';
import { groupOf, scanOf, takeCensus } from './census.js';
import type { ChosenRows, PseudoLabelQuery, PseudoLabelUseCase } from './contracts.js';
import { describeSet } from './describe.js';
import { planQuotas, type Quotas } from './plan.js';
import { Prefixes } from './prefix.js';
import { binOf } from './risk-bins.js';

export interface PseudoLabelOptions {
  readonly ledger: Pick<Ledger, 'scan'>;
  readonly catalogue: Pick<ModelCatalogue, 'get'>;
  readonly clock: Clock;
}

/** Chooses trustworthy labels among the unlabelled predictions of a model, for the training of another one. */
export function createPseudoLabels({ ledger, catalogue, clock }: PseudoLabelOptions): PseudoLabelUseCase {
  return {
    async open(query, signal) {
      refuseWithoutLabels(catalogue, query.model);
      // Rows that come between the two readings are in neither.
      const bounded = { ...query, to: query.to ?? clock.now() + 1 };
      const census = await takeCensus(ledger, bounded, signal);
      const prefixes = new Map([...census.groups].map(([group, histogram]) => [group, new Prefixes(histogram)]));
      const quotas = planQuotas(prefixes, bounded);
      return { set: describeSet(census, prefixes, quotas), rows: quotas.size === 0 ? nothing() : chosenRows(ledger, bounded, quotas) };
    },
  };
}

function refuseWithoutLabels(catalogue: Pick<ModelCatalogue, 'get'>, model: string): void {
  const task = catalogue.get(model).loaded?.config.task;
  if (task === 'regression' || task === 'custom') {
    throw new MetaErrError('MODEL_HAS_NO_LABELS', `model '${model}' gives no labels: its task is ${task}`);
  }
}

async function* nothing(): AsyncGenerator<ChosenRows> {}

/** The rows of a set. Of a bin that is cut the oldest rows are taken. */
async function* chosenRows(ledger: Pick<Ledger, 'scan'>, query: PseudoLabelQuery, quotas: Quotas): AsyncGenerator<ChosenRows> {
  const left = new Map([...quotas].map(([group, { cut }]) => [group, cut.partial]));
  for await (const batch of ledger.scan(scanOf(query, false))) {
    const chosen = new Int32Array(batch.count);
    let count = 0;
    for (let i = 0; i < batch.count; i++) {
      const group = groupOf(query, batch, i);
      if (group === null || batch.failures[i] !== -1) continue;
      const bin = binOf(batch.failureProbabilities[i] ?? NaN);
      const last = quotas.get(group)?.cut.bin ?? -1;
      if (bin > last) continue;
      if (bin === last) {
        const remaining = left.get(group) ?? 0;
        if (remaining === 0) continue;
        left.set(group, remaining - 1);
      }
      chosen[count++] = i;
    }
    yield { batch, chosen: chosen.subarray(0, count) };
  }
}
