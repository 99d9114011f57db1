import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { beside, filled, minus } from '../experts/operators.js';
import { SIGNAL_COUNT } from '../pretrained/signals.js';
import type { ExpertName } from './types.js';

/** Experts whose failure logits are read, in the order of the columns. */
export const READ_EXPERTS = ['anchor', 'nn', 'lr', 'so', 'kernel', 'joint', 'consensus', 'pretrained', 'trees'] as const satisfies readonly ExpertName[];
export type ReadExpert = (typeof READ_EXPERTS)[number];
export const STACKED_COLUMN_COUNT = 1 + READ_EXPERTS.length + SIGNAL_COUNT;

/** What is read of rows: N x 1 each, but for the signals of the label-free meta-model (N x SIGNAL_COUNT). */
export interface StackedValues {
  /** What the experts say together. */
  readonly logit: Value;
  readonly experts: Readonly<Partial<Record<ExpertName, Value>>>;
  readonly signals: Value;
}

/** N x STACKED_COLUMN_COUNT: what the experts say together, how far from it each is (0: there is none), and the signals. */
export function emitStackedColumns(graph: GraphBuilder, { logit, experts, signals }: StackedValues): Value {
  const distances = READ_EXPERTS.map((name) => {
    const own = experts[name];
    return own === undefined ? filled(graph, logit, 1, 0) : minus(graph, own, logit);
  });
  return beside(graph, [logit, ...distances, signals]);
}
