/**
 * Probabilities of being chosen to be labelled stand in every store as their 65,535ths: small, and the same in all of them. 0: not known, since
 * what is never chosen is never labelled.
 */
const UNITS = 65_535;

/** The code of a probability in (0, 1]; tiny ones become the smallest that there is. */
export function choiceCode(probability: number): number {
  return Math.max(1, Math.round(probability * UNITS));
}

/** The probability of a code; null where it is not known. */
export function choiceProbability(code: number): number | null {
  return code === 0 ? null : code / UNITS;
}
