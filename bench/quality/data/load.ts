import { DATASETS, loadDataset } from '../../../demo/datasets.js';
import type { DatasetName } from '../../../demo/datasets.js';
import { fullFashion } from './full-fashion.js';
import { letterPairs } from './letter-pairs.js';
import type { StreamData } from './stream.js';

export const STREAMS = [...DATASETS, 'fashion-full', 'letter-pairs'] as const;
export type StreamName = (typeof STREAMS)[number];

function committed(name: DatasetName): StreamData {
  const { shape, width, values, classes, labels, rows } = loadDataset(name);
  return { name, shape, width, values, truths: classes, classes: labels.length, rows };
}

export function loadStream(name: StreamName): StreamData {
  switch (name) {
    case 'fashion-full':
      return fullFashion();
    case 'letter-pairs':
      return letterPairs(committed('letter'));
    default:
      return committed(name);
  }
}
