import type { Doubted } from '../../bench/ssl/filters/filter.js';

/** Rows of given class probabilities; the labels in question are the likeliest classes unless given. */
export function doubtedOf(probabilities: readonly (readonly number[])[], labels?: readonly number[], members: readonly (readonly (readonly number[])[])[] = []): Doubted {
  const classes = probabilities[0]?.length ?? 0;
  const given = labels ?? probabilities.map((row) => row.indexOf(Math.max(...row)));
  return {
    rows: probabilities.length,
    classes,
    values: new Float32Array(0),
    width: 0,
    labels: Int32Array.from(given),
    probabilities: Float64Array.from(probabilities.flat()),
    doubts: Float64Array.from(probabilities, (row, at) => 1 - (row[given[at] ?? 0] ?? 0)),
    members: members.map((rows) => Float64Array.from(rows.flat())),
  };
}
