import type { InputTransform, PrincipalInputs, StandardizedInputs } from '../experts/input-transform.js';
import type { FeatureRows } from './feature-rows.js';

/** The named input features of rows, copied, as if there were no others. */
export function viewOf({ rows, width, features }: FeatureRows, columns: Int32Array): FeatureRows {
  const count = columns.length;
  const picked = new Float32Array(rows * count);
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * width, row * count];
    for (let j = 0; j < count; j++) picked[to + j] = features[from + columns[j]!]!;
  }
  return { rows, inputWidth: count, width: count, features: picked };
}

/** What was fitted to such a view as a transform of all `inputWidth` input features, which takes no notice of the others. */
export function ofAllColumns(transform: InputTransform, columns: Int32Array, inputWidth: number): InputTransform {
  if (transform.kind === 'none') return transform;
  return transform.kind === 'standardized' ? standardizedOfAll(transform, columns, inputWidth) : principalOfAll(transform, columns, inputWidth);
}

/** The same of standardized columns. */
export function standardizedOfAll({ standardizer, ordered }: StandardizedInputs, columns: Int32Array, inputWidth: number): StandardizedInputs {
  const placed = (places: Int32Array): Int32Array => places.map((place) => columns[place]!);
  return {
    kind: 'standardized',
    standardizer: { ...standardizer, inputWidth, kept: placed(standardizer.kept) },
    ordered: ordered === null ? null : { ...ordered, scores: { ...ordered.scores, columns: placed(ordered.scores.columns) } },
  };
}

function principalOfAll(transform: PrincipalInputs, columns: Int32Array, inputWidth: number): PrincipalInputs {
  const { components: { projection, count } } = transform;
  const mean = new Float32Array(inputWidth);
  const all = new Float32Array(inputWidth * count);
  columns.forEach((column, j) => {
    mean[column] = transform.mean[j]!;
    all.set(projection.subarray(j * count, (j + 1) * count), column * count);
  });
  return { ...transform, mean, components: { projection: all, count } };
}
