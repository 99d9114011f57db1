/** How the second-opinion nets are trained for n labelled rows. */
export interface NetPlan {
  readonly hidden: number;
  readonly batchSize: number;
  readonly steps: number;
  /** Steps after which weights are kept and one common snapshot is chosen. */
  readonly snapshots: readonly number[];
  /** How often the rows are divided into folds; each fold of each division trains one net. */
  readonly repeats: number;
}

const SCHEDULE = [
  { rows: 150, batchSize: 16, steps: 300 },
  { rows: 500, batchSize: 32, steps: 600 },
  { rows: 1500, batchSize: 32, steps: 1500 },
  { rows: 5000, batchSize: 64, steps: 2500 },
  { rows: Infinity, batchSize: 128, steps: 4000 },
] as const;
const SNAPSHOT_SHARES = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1] as const;

/** Repeats of the 5-fold division for n rows. */
export function repeatsFor(rows: number): number {
  return rows <= 5000 ? 2 : 1;
}

export function netPlan(rows: number): NetPlan {
  const { batchSize, steps } = SCHEDULE.find((entry) => rows <= entry.rows) ?? SCHEDULE[SCHEDULE.length - 1]!;
  return {
    hidden: rows < 3000 ? 64 : 128,
    batchSize,
    steps,
    snapshots: SNAPSHOT_SHARES.map((share) => Math.round(share * steps)),
    repeats: repeatsFor(rows),
  };
}
