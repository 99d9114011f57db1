import type { StreamRows } from '../../quality/data/stream.js';
import { scaleRows } from '../../../src/meta/training/classifier-model.js';
import { fitScaling } from '../../../src/meta/training/classifier-scaling.js';
import { concatenated } from '../../../src/meta/training/pick-rows.js';
import { PIXELS, type SetName, type SslSplit } from './sets.js';

/** The rows of a split as students, the learned reward and the graph read them. */
export interface ScaledSplit {
  readonly width: number;
  readonly classes: number;
  readonly labelled: StreamRows;
  readonly unlabelled: StreamRows;
  readonly test: StreamRows;
}

/** Scales by the labelled and unlabelled rows: pixels by one mean and deviation, other columns each by its own. */
export async function scaledSplit(name: SetName, { data: { width, classes }, labelled, unlabelled, test }: SslSplit): Promise<ScaledSplit> {
  const scaling = fitScaling(PIXELS.includes(name) ? 'image' : 'features', concatenated([labelled.values, unlabelled.values]), width);
  const scale = async (rows: StreamRows): Promise<StreamRows> => ({ ...rows, values: await scaleRows(rows.values, rows.rows, width, scaling) });
  return { width, classes, labelled: await scale(labelled), unlabelled: await scale(unlabelled), test: await scale(test) };
}
