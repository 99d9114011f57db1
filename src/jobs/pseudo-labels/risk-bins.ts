const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);
/** 64 bins for each power of two: two failure probabilities of a bin differ by 1.6 % at most. */
const DROPPED_BITS = 17;

/** Bins over the failure probabilities from 0 to 1; riskier rows are in later bins. */
export const BINS = binOf(1) + 1;

/** The order of non-negative floating-point numbers is that of their bits. */
export function binOf(failureProbability: number): number {
  FLOAT[0] = failureProbability;
  return (BITS[0] ?? 0) >>> DROPPED_BITS;
}

/** A failure probability that no member of the bin exceeds. */
export function topOf(bin: number): number {
  if (bin + 1 >= BINS) return 1;
  BITS[0] = (bin + 1) << DROPPED_BITS;
  return FLOAT[0] ?? 1;
}

/** The rows of one group, by failure probability: their number is not bounded, the room is. */
export class RiskHistogram {
  /** Unlabelled rows of each bin, and the sum of their failure probabilities. */
  readonly counts = new Uint32Array(BINS);
  readonly sums = new Float64Array(BINS);
  readonly labelled = new Uint32Array(BINS);
  readonly failures = new Uint32Array(BINS);
  rows = 0;

  add(failureProbability: number): void {
    const bin = binOf(failureProbability);
    this.counts[bin]! += 1;
    this.sums[bin]! += failureProbability;
    this.rows += 1;
  }

  addLabelled(failureProbability: number, failed: boolean): void {
    const bin = binOf(failureProbability);
    this.labelled[bin]! += 1;
    this.failures[bin]! += failed ? 1 : 0;
  }
}
