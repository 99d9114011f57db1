import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { MAX_STANDARDIZED, componentCount, type InputTransform, type PrincipalInputs, type StandardizedInputs } from '../experts/input-transform.js';
import { columns } from '../experts/operators.js';
import { columnUnits, principalComponents, principalComponentsIn } from '../experts/principal-components.js';
import { LARGEST_INPUT, centre, fitStandardizer, type ColumnListener } from '../experts/standardizer.js';
import { mirroredComponents, mirroredMean } from '../experts/mirrored-components.js';
import type { FeatureRows } from './feature-rows.js';
import { isMixedTable } from './mixed-table.js';
import { meanOuterProduct } from './outer-products.js';
import type { StageHooks } from './staged-run.js';

/** Fits Xi on the input features of rows, labelled or not: standardized columns up to 100 features, principal components above. `onColumn` sees the former. */
export async function fitInputTransform(window: FeatureRows, hooks: StageHooks, onColumn?: ColumnListener): Promise<InputTransform> {
  const { rows, inputWidth, width, features } = window;
  if (inputWidth === 0 || rows === 0) return { kind: 'none' };
  if (inputWidth <= MAX_STANDARDIZED) return standardizeInputs(window, onColumn) ?? { kind: 'none' };
  const { mirror } = window;
  const own = columnMeans(window);
  const mean = mirror === undefined ? own : mirroredMean(own, mirror);
  const emitCentred = (graph: GraphBuilder, rows: Value): Value => centre(graph, columns(graph, rows, 0, inputWidth), mean);
  const covariance = await meanOuterProduct({ width, data: features.subarray(0, rows * width) }, emitCentred, hooks);
  const found = componentsOf(window, covariance, componentCount(rows, inputWidth));
  return found === null ? { kind: 'none' } : { kind: 'principal', mean, ...found };
}

function componentsOf(window: FeatureRows, covariance: Float64Array, count: number): Omit<PrincipalInputs, 'kind' | 'mean'> | null {
  const { inputWidth, mirror } = window;
  if (mirror !== undefined) return mirroredComponents(covariance, mirror, count);
  const units = columnUnits(covariance, inputWidth);
  // Tables of numbers and categories are read column by column too, and the labels choose.
  const components = units === null || isMixedTable(window) ? principalComponents(covariance, inputWidth, count) : principalComponentsIn(units, covariance, inputWidth, count);
  return components === null ? null : { components, signs: null };
}

/** Standardized columns, however many; null where none varies. */
export function standardizeInputs({ rows, inputWidth, width, features }: FeatureRows, onColumn?: ColumnListener): StandardizedInputs | null {
  const standardizer = fitStandardizer(features, rows, inputWidth, width, onColumn);
  return standardizer.kept.length === 0 ? null : { kind: 'standardized', standardizer, ordered: null };
}

/** Means over the known values, each cut to +-LARGEST_INPUT. */
function columnMeans({ rows, inputWidth, width, features }: FeatureRows): Float32Array {
  const sums = new Float64Array(inputWidth);
  const counts = new Float64Array(inputWidth);
  for (let i = 0; i < rows; i++) {
    const base = i * width;
    for (let j = 0; j < inputWidth; j++) {
      const value = features[base + j]!;
      if (Number.isNaN(value)) continue;
      sums[j]! += Math.min(LARGEST_INPUT, Math.max(-LARGEST_INPUT, value));
      counts[j]!++;
    }
  }
  return Float32Array.from(sums, (sum, j) => sum / Math.max(1, counts[j]!));
}
