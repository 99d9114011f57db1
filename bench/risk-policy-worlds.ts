import { loadDataset, type DatasetName } from '../demo/datasets.js';
import { createRandom } from '../src/meta/training/random.js';
import type { RiskTarget } from '../src/meta/policy/fixed-sequence.js';
import { oracleCoverage, recalibrate, resampled, type Compared, type World } from '../test/support/policy-simulation.js';
import { syntheticWorlds } from '../test/support/policy-worlds.js';
import { attainableCoverage } from './risk-policy-bound.js';
import { logRows, trainOn } from './risk-policy-scores.js';

export const RUNS = 400;
export const SIZES = [300, 1_000, 3_000, 10_000] as const;
/** Rows of the recalibrations that are held against the aim. */
export const AIM_ROWS = 3_000;
export const RISKS = [0.01, 0.02, 0.05, 0.1] as const;
export const DELTAS = [0.05, 0.1] as const;

const TARGETS: readonly RiskTarget[] = DELTAS.flatMap((delta) => RISKS.map((targetRisk) => ({ targetRisk, delta })));

const REAL: readonly { readonly data: DatasetName; readonly labels: number }[] = [
  { data: 'letter', labels: 300 },
  { data: 'letter', labels: 3_000 },
  { data: 'fashion', labels: 3_000 },
  { data: 'satellite', labels: 1_000 },
];

/** What all recalibrations of one world came to. */
export interface WorldResult {
  readonly name: string;
  /** Share of failures. */
  readonly failures: number;
  /** By risk. */
  readonly oracle: ReadonlyMap<number, number>;
  /** By size. */
  readonly cells: ReadonlyMap<number, readonly Compared[]>;
  /** What could be reached at best with `AIM_ROWS` rows, as a share of the oracle's coverage; by the target's name. */
  readonly attainable: ReadonlyMap<string, number>;
}

/** By which the attainable coverage of a target is found. */
export function nameOf({ targetRisk, delta }: RiskTarget): string {
  return `${targetRisk} ${delta}`;
}

async function realWorlds(): Promise<World[]> {
  const worlds: World[] = [];
  for (const { data: name, labels } of REAL) {
    const data = loadDataset(name);
    const { later } = await trainOn(await logRows(data, 1), data.labels.length, labels, 1);
    worlds.push(resampled(`${data.title}: meta-model of ${labels} labels, ${later.scores.length} later rows`, later));
  }
  return worlds;
}

function resultOf(world: World, index: number): WorldResult {
  const { failed, scores } = world.population;
  const oracle = new Map(RISKS.map((risk) => [risk, oracleCoverage(world.population, risk)]));
  const cells = new Map(SIZES.map((rows) => [rows, recalibrate(world, rows, TARGETS, RUNS, createRandom(rows, 400 + index))] as const));
  const attainable = new Map(TARGETS.map((target) => [nameOf(target), attainableCoverage(world.population, AIM_ROWS, target)]));
  return { name: world.name, failures: (failed[scores.length] ?? 0) / scores.length, oracle, cells, attainable };
}

/** Recalibrates every world; the real ones on rows drawn from those that came after the training. */
export async function measureWorlds(): Promise<readonly WorldResult[]> {
  const worlds = [...syntheticWorlds(), ...(await realWorlds())];
  return worlds.map((world, index) => {
    process.stderr.write(`${world.name}\n`);
    return resultOf(world, index);
  });
}
