import { createRandom } from '../../../src/meta/training/random.js';
import { trainBase } from '../../quality/bases/train-base.js';
import { fitPlatt } from '../../quality/baselines/platt.js';
import { loadStream } from '../../quality/data/load.js';
import { joinRows } from '../../quality/data/stream.js';
import { baselineRows } from '../../quality/product/baseline-rows.js';
import { failureCount, firstTruths, pickTruths, withTruths, type TruthRows } from '../../quality/product/logged-rows.js';
import { metaErrScores } from '../../quality/product/metaerr.js';
import { serveModel, type ServedModel } from '../../quality/product/served-model.js';
import { unlabelledRows } from '../../quality/product/unlabelled-rows.js';
import { labelledPlaces, ROWS_BEFORE, ROWS_UNTIL_RETRAINED, shiftedStream } from '../data/shifted-stream.js';
import { judgePeriod, withoutOffset } from '../figures/judge-period.js';
import type { Period, ShiftResult } from './results.js';
import type { ShiftUnit } from './units.js';

const CHANCE_STREAM = 0x96;

function between(rows: TruthRows, from: number, to: number): TruthRows {
  return pickTruths(rows, Int32Array.from({ length: to - from }, (_, at) => from + at));
}

/** Fits the meta-model on what is known of the predictions so far and judges what it says of those that follow. */
async function runPeriod(known: TruthRows, next: TruthRows, { behaviour }: ServedModel, seed: number): Promise<Period> {
  const places = labelledPlaces(known.rows);
  const labelled = pickTruths(known, places);
  const unlabelled = unlabelledRows(known, places);
  const { scores, diagnostics } = await metaErrScores(labelled, unlabelled, next, behaviour, seed);
  const offset = diagnostics?.recentOffset ?? 0;
  const platt = await fitPlatt(baselineRows(labelled))(baselineRows(next));
  const all = { metaerr: scores, withoutOffset: withoutOffset(scores, offset), platt: platt.scores, confidence: next.coldStart };
  return { labelled: labelled.rows, unlabelled: unlabelled?.rows ?? 0, offset, ...judgePeriod(all, next.failures, createRandom(seed, CHANCE_STREAM)) };
}

const wrongShare = (rows: TruthRows): number => failureCount(rows) / rows.rows;

/** Runs one seed of one setting: the base model is trained once, the meta-model before the shift and after its 500th label. */
export async function runShiftUnit(unit: ShiftUnit): Promise<Omit<ShiftResult, 'commit'>> {
  const data = loadStream(unit.data);
  const { base, before, after } = shiftedStream(data, unit);
  const trained = await trainBase(unit.family, { ...data, rows: base, seed: unit.seed });
  const model = await serveModel(trained, data.shape, data.classes);
  try {
    const { values, rows, truths } = joinRows(before, after);
    const stream = withTruths(await model.log(values, rows), truths);
    const retrainedAt = ROWS_BEFORE + ROWS_UNTIL_RETRAINED;
    const known = firstTruths(stream, ROWS_BEFORE);
    return {
      unit,
      wrongBefore: wrongShare(known),
      wrongAfter: wrongShare(between(stream, ROWS_BEFORE, rows)),
      shiftDay: await runPeriod(known, between(stream, ROWS_BEFORE, retrainedAt), model, unit.seed),
      retrained: await runPeriod(firstTruths(stream, retrainedAt), between(stream, retrainedAt, rows), model, unit.seed),
    };
  } finally {
    await model.release();
  }
}
