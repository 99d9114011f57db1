import { solveCholesky } from '../../../src/meta/linear/cholesky.js';

/** A column of ones has no penalty worth the name. */
const LEAST_PENALTY = 1e-9;

/**
 * Ridge regression (Hoerl and Kennard 1970): w minimizes sum (x w + b - y)^2 + penalty |w|^2. `inputs` is rows x width, row-major. Gives the
 * weights, then the intercept.
 */
export function fitRidge(inputs: Float32Array, width: number, targets: Float64Array, penalty: number): Float64Array {
  const size = width + 1;
  const normal = new Float64Array(size * size);
  const solution = new Float64Array(size);
  const row = new Float64Array(size).fill(1);
  targets.forEach((target, at) => {
    for (let j = 0; j < width; j++) row[j] = inputs[at * width + j]!;
    for (let j = 0; j < size; j++) {
      solution[j]! += row[j]! * target;
      for (let k = 0; k <= j; k++) normal[j * size + k]! += row[j]! * row[k]!;
    }
  });
  for (let j = 0; j < size; j++) normal[j * size + j]! += j < width ? penalty : LEAST_PENALTY;
  solveCholesky(normal, solution, size);
  return solution;
}
