import type { FilterInput } from '../filters/filter.js';
import type { Division } from '../teacher/teachers.js';
import { consensusOpinion } from './consensus.js';
import { fitFoldMetaModel, type FoldMetaModel } from './fold-scores.js';
import { graphOpinions, type GraphOpinions } from './graph-opinions.js';
import type { Opinion } from './opinion.js';
import { poolGraph } from './pool-graph.js';

/** What one division of the budget taught. */
export interface LearnedDivision {
  readonly division: Division;
  /** From the labels alone. */
  readonly meta: FoldMetaModel;
  readonly opinions: GraphOpinions & { readonly consensus: Opinion };
}

const known = new WeakMap<FilterInput, Promise<readonly LearnedDivision[]>>();

async function learn(input: FilterInput): Promise<readonly LearnedDivision[]> {
  const graph = await poolGraph(input);
  const learned: LearnedDivision[] = [];
  for (const [turn, division] of input.teachers.divisions.entries()) {
    const opinions = { ...graphOpinions(graph, input, division), consensus: await consensusOpinion(input, division, turn) };
    learned.push({ division, meta: await fitFoldMetaModel(input, division, null), opinions });
  }
  return learned;
}

/** Computed once an input: MetaErr's filters and its parts share it. */
export function learnedDivisions(input: FilterInput): Promise<readonly LearnedDivision[]> {
  const there = known.get(input) ?? learn(input);
  known.set(input, there);
  return there;
}
