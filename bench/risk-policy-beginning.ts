import { loadDataset, type DatasetName } from '../demo/datasets.js';
import { calibrationRows } from '../src/meta/policy/calibration-rows.js';
import { calibrationTable, EMPTY_TABLE, withRows } from '../src/meta/policy/calibration-table.js';
import { createRandom } from '../src/meta/training/random.js';
import { byFixedSequence, oracleCoverage, resampled, Tally } from '../test/support/policy-simulation.js';
import { logRows, trainOn } from './risk-policy-scores.js';

export const SERVED = [0, 100, 300, 1_000, 3_000] as const;
export const RISKS_THEN = [0.02, 0.05, 0.1] as const;
export const DELTA_THEN = 0.1;
/** Draws of served rows for each training. */
const DRAWS = 10;

const PLAN: readonly { readonly data: DatasetName; readonly labels: number; readonly fits: number }[] = [
  { data: 'letter', labels: 300, fits: 100 },
  { data: 'letter', labels: 1_000, fits: 100 },
  { data: 'letter', labels: 3_000, fits: 30 },
  { data: 'fashion', labels: 1_000, fits: 40 },
];

/** One cell: rows of the training, served rows, or both. */
export interface Beginning {
  readonly name: string;
  readonly labels: number;
  readonly fits: number;
  readonly risk: number;
  readonly served: number;
  readonly oracle: number;
  readonly alone: Tally;
  readonly added: Tally;
  /** By the rule of the service. */
  readonly rule: Tally;
}

type Cell = Omit<Beginning, 'oracle'> & { oracle: number };

function emptyCells(name: string, labels: number, fits: number): Cell[] {
  return RISKS_THEN.flatMap((risk) => SERVED.map((served) => ({ name, labels, fits, risk, served, oracle: 0, alone: new Tally(), added: new Tally(), rule: new Tally() })));
}

/** Trains again and again on other rows; each time the threshold is computed from the training's rows and from more and more served ones. */
export async function measureBeginnings(): Promise<readonly Beginning[]> {
  const all: Beginning[] = [];
  for (const { data: name, labels, fits } of PLAN) {
    const data = loadDataset(name);
    const window = await logRows(data, 1);
    const cells = emptyCells(data.title, labels, fits);
    process.stderr.write(`${data.title}, ${labels} labels, ${fits} trainings\n`);
    for (let fit = 0; fit < fits; fit++) {
      const { outOfFold, later } = await trainOn(window, data.labels.length, labels, 1_000 + fit);
      const world = resampled(data.title, later);
      const training = calibrationTable(outOfFold.scores, outOfFold.failures);
      const random = createRandom(fit, 9);
      for (const cell of cells) {
        cell.oracle += oracleCoverage(world.population, cell.risk) / fits;
        const target = { targetRisk: cell.risk, delta: DELTA_THEN };
        for (let draw = 0; draw < (cell.served === 0 ? 1 : DRAWS); draw++) {
          const served = world.draw(cell.served, random);
          const add = (tally: Tally, threshold: number | null) => tally.add(world.population, threshold, cell.risk);
          add(cell.alone, byFixedSequence(cell.served === 0 ? EMPTY_TABLE : calibrationTable(served.scores, served.failures), target));
          add(cell.added, byFixedSequence(withRows(training, served.scores, served.failures), target));
          add(cell.rule, byFixedSequence(calibrationRows(served, training, target).table, target));
        }
      }
    }
    all.push(...cells);
  }
  return all;
}
