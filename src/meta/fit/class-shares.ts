/** Shares of the classes, with one more label of each; `guesses` (rows x classes) count as the probabilities that they are. */
export function classShares(labels: Int32Array, known: Int32Array, classes: number, guesses: Float32Array): Float32Array {
  const counts = new Float64Array(classes).fill(1);
  for (const row of known) counts[labels[row]!]! += 1;
  for (let at = 0, k = 0; at < guesses.length; at++, k = k + 1 === classes ? 0 : k + 1) counts[k]! += guesses[at]!;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Float32Array.from(counts, (count) => count / total);
}

/** Guesses (rows x classes) less the shares of the classes. */
export function lessShares(guesses: Float32Array, shares: Float32Array): Float32Array {
  return guesses.map((guess, at) => guess - shares[at % shares.length]!);
}
