import { trainNet } from '../../quality/bases/net.js';
import { firstTruths, failureCount, withTruths, type LoggedRows, type TruthRows } from '../../quality/product/logged-rows.js';
import { windowOf } from '../../quality/product/metaerr.js';
import { serveModel } from '../../quality/product/served-model.js';
import type { BehaviourLayout } from '../../../src/meta/features/layout.js';
import { DEFAULT_STORED_ROWS } from '../../../src/inference/config/file-schema.js';
import { fitMetaModel } from '../../../src/meta/fit/fit.js';
import { sigmoids } from '../../../src/meta/linear/numerics.js';
import type { UnlabelledRows } from '../../../src/meta/training/window.js';
import type { SslSplit } from '../data/sets.js';
import { crossScored } from '../metaerr/cross-scored.js';
import { scoreRows } from '../metaerr/fold-scores.js';

/** Doubts about the labels that the net of all labelled rows gives the unlabelled ones, in a service with ground truths of other rows. */
export interface InService {
  /** Failures among the rows with a ground truth. */
  readonly failures: number;
  readonly labels: Int32Array;
  readonly scores: readonly { readonly name: string; readonly scores: Float64Array }[];
}

/** A served net's outputs on the unlabelled rows and on others, whose truths are known. */
interface Stream {
  readonly behaviour: BehaviourLayout;
  readonly pool: LoggedRows;
  readonly known: TruthRows;
}

async function streamOf({ data, labelled, unlabelled, test }: SslSplit, seed: number): Promise<Stream> {
  const model = await serveModel(await trainNet({ rows: labelled, shape: data.shape, classes: data.classes, seed }), data.shape, data.classes);
  try {
    const known = firstTruths(withTruths(await model.log(test.values, test.rows), test.truths), labelled.rows);
    return { behaviour: model.behaviour, known, pool: await model.log(unlabelled.values, unlabelled.rows) };
  } finally {
    await model.release();
  }
}

/**
 * What the service knows where ground truths come late, of rows that the base model was not trained on: as many of them again as labelled rows,
 * the first of the test rows. Not a filter beside the others, which have half the labels. Each unlabelled row is scored by a meta-model that has
 * not learnt from it.
 */
export async function inService(split: SslSplit, seed: number): Promise<InService> {
  const { behaviour, pool, known } = await streamOf(split, seed);
  const fit = async (unlabelled: UnlabelledRows | null): Promise<Uint8Array> =>
    (await fitMetaModel(windowOf(known), { behaviour, seed, maxStoredRows: DEFAULT_STORED_ROWS, unlabelled })).onnx;
  const served = await crossScored(pool, pool.features, seed, fit);
  return {
    failures: failureCount(known),
    labels: pool.predicted,
    scores: [
      { name: '1 - confidence', scores: pool.coldStart },
      { name: 'meta-model of the ground truths alone', scores: sigmoids(await scoreRows(await fit(null), pool)) },
      { name: 'meta-model as served', scores: sigmoids(served) },
    ],
  };
}
