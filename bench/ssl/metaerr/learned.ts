import type { FilterInput } from '../filters/filter.js';
import { fitFoldMetaModel, type FoldMetaModel } from './fold-scores.js';
import { graphOpinions, type GraphOpinions } from './graph-opinions.js';
import { poolGraph } from './pool-graph.js';

/** What one division of the budget taught. */
export interface LearnedDivision {
  readonly division: FilterInput['teachers']['divisions'][number];
  readonly meta: FoldMetaModel;
  readonly opinions: GraphOpinions;
}

const known = new WeakMap<FilterInput, Promise<readonly LearnedDivision[]>>();

async function learn(input: FilterInput): Promise<readonly LearnedDivision[]> {
  const graph = await poolGraph(input);
  const learned: LearnedDivision[] = [];
  for (const division of input.teachers.divisions) {
    learned.push({ division, meta: await fitFoldMetaModel(input, division), opinions: graphOpinions(graph, input, division) });
  }
  return learned;
}

/** Computed once an input: MetaErr's filters and its parts share it. */
export function learnedDivisions(input: FilterInput): Promise<readonly LearnedDivision[]> {
  const there = known.get(input) ?? learn(input);
  known.set(input, there);
  return there;
}
