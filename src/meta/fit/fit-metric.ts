import { EVD, Matrix } from 'ml-matrix';
import { emitPoints, type DistanceMetric } from '../experts/distance-metric.js';
import { principalComponents } from '../experts/principal-components.js';
import type { ColumnSet } from './column-set.js';
import type { Directions } from './directions.js';
import { runStage, type StageHooks } from './staged-run.js';

const CHUNK = 1024;

/**
 * The metric of which a share weighs each direction by what was learnt of it, the rest all alike: a root of the blended matrix, turned so that the
 * images vary most along the first columns. Null where the base model changes in no direction.
 */
export function metricOf({ width, products, covariance }: Directions, share: number): DistanceMetric | null {
  const learned = square(products, width);
  const trace = learned.trace();
  if (!(trace > 0)) return null;
  const blended = Matrix.eye(width, width, 1 - share).add(learned.mul((share * width) / trace));
  const { realEigenvalues, eigenvectorMatrix } = new EVD(blended, { assumeSymmetric: true });
  const root = eigenvectorMatrix.mulRowVector(realEigenvalues.map((value) => Math.sqrt(Math.max(0, value))));
  const spread = root.transpose().mmul(square(covariance, width)).mmul(root);
  const turned = principalComponents(Float64Array.from(spread.to1DArray()), width, width);
  return turned === null ? null : { width, share, projection: Float32Array.from(root.mmul(square(turned.projection, width)).to1DArray()) };
}

function square(values: Float64Array | Float32Array, width: number): Matrix {
  return Matrix.from1DArray(width, width, Array.from(values));
}

/** The rows' images, of which distances are taken. */
export async function pointsOf(transformed: ColumnSet, metric: DistanceMetric | null, hooks: StageHooks): Promise<ColumnSet> {
  if (metric === null) return transformed;
  const rows = transformed.data.length / transformed.width;
  const { points } = await runStage({ rows, chunk: CHUNK, feeds: { transformed }, emit: (graph, inputs) => ({ points: emitPoints(graph, inputs.transformed!, metric) }) }, hooks);
  return points ?? transformed;
}
