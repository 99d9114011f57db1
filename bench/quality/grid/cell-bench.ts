import type { BehaviourLayout } from '../../../src/meta/features/layout.js';
import type { Baseline, LabelledRows } from '../baseline.js';
import { competitors } from '../competitors.js';
import { baselineRows } from '../product/baseline-rows.js';
import { failureCount, firstTruths, pickTruths } from '../product/logged-rows.js';
import type { TruthRows } from '../product/logged-rows.js';
import { metaErrScores } from '../product/metaerr.js';
import { unlabelledRows } from '../product/unlabelled-rows.js';
import { Judge } from './judge.js';
import { METAERR } from './results.js';
import type { CellResult, MethodResult } from './results.js';
import type { Stopwatch } from './stopwatch.js';

/** What a base model answered for a stream and for the test rows, and how the cells over it are made. */
export interface BenchParts {
  readonly behaviour: BehaviourLayout;
  readonly seed: number;
  /** The live stream, and the indexes of its rows that ever get a label, in order. */
  readonly live: TruthRows;
  readonly selected: Int32Array;
  readonly test: TruthRows;
  readonly watch: Stopwatch;
}

/** The cells of one base model on one stream: every number of labels meets the same test rows. */
export class CellBench {
  readonly #parts: BenchParts;
  readonly #labelled: TruthRows;
  /** The test rows as the baselines see them. */
  readonly #testRows: LabelledRows;
  readonly #judge: Judge;
  /** The baselines that need no labels are the same in every cell. */
  #labelFree: readonly MethodResult[] | null = null;

  constructor(parts: BenchParts) {
    this.#parts = parts;
    this.#labelled = pickTruths(parts.live, parts.selected);
    this.#testRows = baselineRows(parts.test);
    this.#judge = new Judge(parts.test.failures, parts.seed);
  }

  /** The product and the baselines after the first `labels` labels. `everything`: baselines that are fitted on labels take part too. */
  async run(labels: number, everything: boolean): Promise<Omit<CellResult, 'retrained'>> {
    const { behaviour, seed, live, selected, test, watch } = this.#parts;
    this.#labelFree ??= await this.#baselines('nothing', firstTruths(live, 0));
    const labelled = firstTruths(this.#labelled, labels);
    const { diagnostics, ...scores } = await watch.time('metaerr', () => metaErrScores(labelled, unlabelledRows(live, selected.subarray(0, labels)), test, behaviour, seed));
    const own = this.#judge.judge({ name: METAERR, needs: 'labels', competes: false }, scores);
    const labelGiven = everything && labels > 0 ? await this.#baselines('labels', labelled) : [];
    return { labels, failures: failureCount(labelled), methods: [own, ...this.#labelFree, ...labelGiven], diagnostics };
  }

  /** Fits every baseline of a kind on the labelled rows and judges it. */
  async #baselines(kind: Baseline['needs'], labelled: TruthRows): Promise<MethodResult[]> {
    const { seed, watch } = this.#parts;
    const rows = baselineRows(labelled);
    const results: MethodResult[] = [];
    for (const baseline of competitors().filter(({ needs }) => needs === kind)) {
      const scores = await watch.time(`baseline ${baseline.name}`, async () => {
        const score = await baseline.fit(rows, seed);
        return score(this.#testRows);
      });
      results.push(this.#judge.judge(baseline, scores));
    }
    return results;
  }
}
