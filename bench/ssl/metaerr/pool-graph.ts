import { concatenated } from '../../../src/meta/training/pick-rows.js';
import type { FilterInput } from '../filters/filter.js';
import { affinityGraph, type Graph } from './label-spreading.js';
import { nearestRows } from './neighbour-graph.js';

const NEIGHBOURS = 10;

/** The graph of all rows, the labelled ones first: unlabelled rows tell where the data lie. */
export async function poolGraph({ labelled, pool }: Pick<FilterInput, 'labelled' | 'pool'>): Promise<Graph> {
  const points = { rows: labelled.rows + pool.rows, width: pool.width, data: concatenated([labelled.values, pool.values]) };
  return affinityGraph(await nearestRows(points, NEIGHBOURS));
}
