import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { emitAffinities, emitTrust, type LeaveOut } from './affinities.js';
import type { Form } from './form.js';
import { columns, filled, minus } from './operators.js';
import type { ReferenceStore } from './reference-store.js';

/** What the stored labelled inputs say of a row. */
export interface NeighbourValues {
  /** N x references: U. */
  readonly affinities: Value;
  /** N x 1: H. */
  readonly spread: Value;
  /** N x 1: the log TrustScore, negated (`classes`), or U_failed - U_ok (`outcomes`); higher is more suspicious. */
  readonly contrast: Value;
}

/** What neighbours need of the earlier values; `like` gives the number of rows when there is no input. */
export interface NeighbourInputs {
  /** N x store width; null when no input varies. */
  readonly points: Value | null;
  readonly predicted: Value | null;
  readonly like: Value;
}

/** Emits the neighbour values; without inputs or stored points all are zero. */
export function emitNeighbours(
  graph: GraphBuilder, form: Form, { points, predicted, like }: NeighbourInputs, store: ReferenceStore | null, leaveOut: LeaveOut | null,
): NeighbourValues {
  if (points === null || store === null) {
    return { affinities: filled(graph, like, form.references, 0), spread: filled(graph, like, 1, 0), contrast: filled(graph, like, 1, 0) };
  }
  const { affinities, spread } = emitAffinities(graph, points, store, leaveOut);
  const contrast = form.kind === 'classes' && predicted !== null
    ? emitTrust(graph, affinities, predicted, form.references)
    : minus(graph, columns(graph, affinities, 1, 2), columns(graph, affinities, 0, 1));
  return { affinities, spread, contrast };
}
