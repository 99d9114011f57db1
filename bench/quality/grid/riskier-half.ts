/** Indexes of the rows with the higher scores, half of all (rounded down), in the order of the rows. */
export function riskierHalf(scores: Float64Array): Int32Array {
  const byRisk = Int32Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  return byRisk.subarray(0, Math.floor(scores.length / 2)).sort();
}
