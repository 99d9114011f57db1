/**
 * Solves A x = b for a symmetric positive definite A (size x size, row-major; only the lower triangle is read) by its
 * Cholesky factor, which overwrites the lower triangle of A. A pivot that rounding made too small is raised to a
 * 1e-12th of its diagonal element, which damps the step along that direction. `b` becomes x.
 */
export function solveCholesky(a: Float64Array, b: Float64Array, size: number): void {
  for (let j = 0; j < size; j++) {
    const diagonal = a[j * size + j]!;
    let pivot = diagonal;
    for (let k = 0; k < j; k++) pivot -= a[j * size + k]! ** 2;
    const root = Math.sqrt(Math.max(pivot, 1e-12 * diagonal, Number.MIN_VALUE));
    a[j * size + j] = root;
    for (let i = j + 1; i < size; i++) {
      let sum = a[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * size + k]! * a[j * size + k]!;
      a[i * size + j] = sum / root;
    }
  }
  for (let i = 0; i < size; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= a[i * size + k]! * b[k]!;
    b[i] = sum / a[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let k = i + 1; k < size; k++) sum -= a[k * size + i]! * b[k]!;
    b[i] = sum / a[i * size + i]!;
  }
}
