import type { Baseline, LabelledRows, Rows } from '../baseline.js';
import { hasBothOutcomes } from './fallback.js';
import { LEAST_OF_EACH_OUTCOME, fitFailureNet } from './failure-net.js';
import { fitPlatt } from './platt.js';
import { fitScaledColumns } from './scaled-columns.js';

/** Beyond this a log-probability tells a net nothing but noise. */
const LOG_FLOOR = Math.log(1e-6);

/** Numbers of each row that a net reads. */
interface NetInputs {
  readonly width: number;
  readonly data: Float32Array;
}

/** A failure net on some numbers of a row; Platt-scaled MSP where too few of either outcome are labelled or nothing varies. */
function netBaseline(name: string, inputsOf: (rows: Rows) => NetInputs): Baseline {
  const fit = async (labelled: LabelledRows, seed: number) => {
    const { width, data } = inputsOf(labelled);
    const columns = width === 0 || !hasBothOutcomes(labelled, LEAST_OF_EACH_OUTCOME) ? null : fitScaledColumns(data, labelled.rows, width);
    if (columns === null) return fitPlatt(labelled);
    const points = { rows: labelled.rows, width: columns.width, data: await columns.apply(data) };
    const net = await fitFailureNet(points, labelled.failures, seed);
    return async (rows: Rows) => ({ scores: await net(await columns.apply(inputsOf(rows).data), rows.rows), areProbabilities: true });
  };
  return { name, needs: 'labels', competes: true, fit };
}

/**
 * A net on the raw inputs that never sees what the base model said: the setting of MetaErr (Totakura and Chakraborty 2026,
 * arXiv 2604.23289) with one hidden layer.
 */
export const inputNet = netBaseline('net on inputs', ({ inputWidth, inputs }) => ({ width: inputWidth, data: inputs }));

/** A net on the base model's behaviour only, its log-probabilities by class, as a neural counterpart of calibration. */
export const behaviourNet = netBaseline('net on log-probabilities', ({ classes, logProbabilities }) => ({
  width: classes,
  data: Float32Array.from(logProbabilities, (value) => Math.max(LOG_FLOOR, value)),
}));
