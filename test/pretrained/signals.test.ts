import t from 'tap';
import { runStage } from '../../src/meta/fit/staged-run.js';
import { answeredCentres, type Answers } from '../../src/meta/pretrained/answered-centres.js';
import { factsOf } from '../../src/meta/pretrained/facts.js';
import { SIGNAL_COUNT, emitPretrainedSignals, signalCount, signalIndex } from '../../src/meta/pretrained/signals.js';
import type { KernelClassifier } from '../../src/meta/kernel/kernel-score.js';

const GAMMAS = [0.1, 0.5, 2];
const CENTRES = [0, 1, 3];
const PROBABILITIES = [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]];
const LOGS = Float32Array.from(PROBABILITIES.flat(), Math.log);
const CONFIDENCE = Float32Array.of(Math.log(0.1 / 0.9), Math.log(0.4 / 0.6), Math.log(0.2 / 0.8));
const ANSWERS: Answers = { rows: 3, classes: 2, logProbabilities: LOGS, predicted: Int32Array.of(0, 0, 1), confidence: CONFIDENCE };
const COEFFICIENTS = [0.2, -0.2, 0.05, -0.05, -0.3, 0.3];
const SHARES = [0.55, 0.45];

const classifiers = GAMMAS.map((gamma): KernelClassifier => ({
  kind: 'inputs', scale: { inputs: 1, probabilities: 0 }, classes: 2, centres: Float32Array.from(CENTRES), gamma, signs: null,
  coefficients: Float32Array.from(COEFFICIENTS), shares: Float32Array.from(SHARES),
}));

const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-4 * Math.max(1, Math.abs(b));

/** By hand: what a reach says of a row at `x` with these probabilities, of whose class 0 is named. */
function ofReach(gamma: number, x: number, p: readonly number[]): Record<string, number> {
  const kernel = CENTRES.map((centre) => Math.exp(-gamma * (x - centre) ** 2));
  const sum = (of: (i: number) => number): number => kernel.reduce((total, k, i) => total + k * of(i), 0);
  const opinion = [0, 1].map((k) => Math.max(0.003, SHARES[k]! + sum((i) => COEFFICIENTS[2 * i + k]!)));
  const total = opinion[0]! + opinion[1]!;
  const density = sum(() => 1);
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const nearby = (values: readonly number[]): number => (sum((i) => values[i]!) + 1e-3 * mean(values)) / (density + 1e-3);
  return {
    'opinion logit': Math.log(opinion[1]! / opinion[0]!),
    'pooled logit': Math.log(Math.sqrt(opinion[1]! * p[1]!) / Math.sqrt(opinion[0]! * p[0]!)),
    divergence: p.reduce((all, own, k) => all + own * Math.log(own / (opinion[k]! / total)), 0),
    density: Math.log(Math.max(1e-4, density)),
    'neighbours in doubt': nearby([...CONFIDENCE]),
    'probability nearby': nearby(PROBABILITIES.map((own) => own[0]!)),
    'agreement nearby': nearby([1, 1, 0]),
  };
}

async function signalsOf(x: number, p: readonly number[], predicted: number): Promise<Float32Array> {
  const s = Math.log(p[1 - predicted]! / p[predicted]!);
  const { signals } = await runStage({
    rows: 1, chunk: 1,
    feeds: {
      points: { width: 1, data: Float32Array.of(x) }, logProbabilities: { width: 2, data: Float32Array.from(p, Math.log) },
      predicted: { width: 1, data: Float32Array.of(predicted) }, figures: { width: 5, data: Float32Array.of(s, s + 1, 0, 0, 0.3) },
    },
    emit: (graph, { points, logProbabilities, predicted: named, figures }) => ({
      signals: emitPretrainedSignals(graph, { points: points!, logProbabilities: logProbabilities!, predicted: named!, figures: figures! }, answeredCentres(classifiers, ANSWERS)),
    }),
  });
  return signals!.data;
}

t.test('the signals of a row are what a calculation by hand says', async (t) => {
  const [x, p] = [0.4, [0.7, 0.3]];
  const signals = await signalsOf(x, p, 0);
  t.equal(signals.length, SIGNAL_COUNT);
  t.ok(near(signals[signalIndex('confidence')]!, Math.log(0.3 / 0.7)));
  t.ok(near(signals[signalIndex('margin')]!, Math.log(0.3 / 0.7) + 1));
  t.ok(near(signals[signalIndex('entropy')]!, 0.3));
  t.ok(near(signals[signalIndex('share of class')]!, Math.log(3 / 5)), 'two of three answers, and one more of each class');
  t.ok(near(signals[signalIndex('doubt of class')]!, (CONFIDENCE[0]! + CONFIDENCE[1]!) / 2));
  GAMMAS.forEach((gamma, reach) => {
    for (const [name, value] of Object.entries(ofReach(gamma, x, p))) {
      const found = signals[signalIndex(name as 'density', reach)]!;
      t.ok(near(found, value), `${name} of reach ${reach}: ${found}, by hand ${value}`);
    }
  });
});

t.test('far from everything the opinion is the shares of the classes, and the neighbours are all rows', async (t) => {
  const signals = await signalsOf(100, [0.7, 0.3], 0);
  t.ok(near(signals[signalIndex('opinion logit', 2)]!, Math.log(0.45 / 0.55)));
  t.ok(near(signals[signalIndex('density', 2)]!, Math.log(1e-4)));
  t.ok(near(signals[signalIndex('agreement nearby', 2)]!, 2 / 3));
});

t.test('facts are those of the rows that are given', (t) => {
  const width = signalCount(1);
  const signals = new Float32Array(2 * width);
  signals[signalIndex('confidence')] = -1;
  signals[width + signalIndex('confidence')] = -3;
  signals[signalIndex('agreement nearby', 0)] = 0.5;
  signals[width + signalIndex('agreement nearby', 0)] = 0.9;
  signals[signalIndex('density', 0)] = 2;
  const facts = factsOf({ rows: 2, learnt: 50, classes: 3, width: 16, disagreement: 0.25, signals });
  const risk = (1 / (1 + Math.exp(1)) + 1 / (1 + Math.exp(3))) / 2;
  [Math.log(3), Math.log(50), 4, 0.25, risk, -2, 1, 0.7, 1, 0, 0].forEach((value, at) => t.ok(near(facts[at]!, value), `fact ${at}: ${facts[at]}`));
  t.equal(facts.length, 11);
  t.end();
});

t.test('with more rows than centres the answers are those of the newest', (t) => {
  const two = classifiers.map((classifier) => ({ ...classifier, centres: Float32Array.of(1, 3), coefficients: Float32Array.from(COEFFICIENTS.slice(2)) }));
  const { answers, means } = answeredCentres(two, ANSWERS);
  const near6 = (values: Float32Array, wanted: number[]) => t.ok(values.length === wanted.length && wanted.every((value, i) => near(values[i]!, value)), String(values));
  near6(answers, [1, CONFIDENCE[1]!, 0.6, 0.4, 1, 0, 1, CONFIDENCE[2]!, 0.2, 0.8, 0, 1]);
  near6(means, [1, (CONFIDENCE[1]! + CONFIDENCE[2]!) / 2, 0.4, 0.6, 0.5, 0.5]);
  t.end();
});
