import t from 'tap';
import { createDirectSession } from '../../src/engine/direct-session.js';
import type { DirectSession } from '../../src/engine/engine.js';
import type { ClassifierOptions } from '../../src/meta/training/classifier-trainer.js';
import { trainClassifier } from '../../src/meta/training/classifier-trainer.js';
import { readDigits } from '../support/training-digits.js';

const DIGITS = readDigits();
const TRAINING_ROWS = 400;
const OPTIONS: ClassifierOptions = {
  inputs: DIGITS.inputs.subarray(0, TRAINING_ROWS * 64),
  rows: TRAINING_ROWS,
  width: 64,
  targets: DIGITS.targets.subarray(0, TRAINING_ROWS),
  classes: 10,
  hidden: 32,
  epochs: 20,
  batchSize: 32,
  learningRate: 0.002,
  weightDecay: 0.05,
  seed: 1,
  scaling: 'image',
  output: 'probabilities',
};

async function open(t: { teardown(end: () => Promise<void>): void }, options: ClassifierOptions): Promise<DirectSession> {
  const session = await createDirectSession({ bytes: await trainClassifier(options) }, { executionProviders: ['cpu'], intraOpThreads: 1 });
  t.teardown(() => session.release());
  return session;
}

async function outputOf(session: DirectSession, dims: readonly number[], data: Float32Array): Promise<Float32Array> {
  const [output] = Object.values(await session.run({ input: { type: 'float32', dims, data } }));
  if (output?.type !== 'float32') throw new Error('no output');
  return output.data;
}

/** Share of the rows after the training rows whose largest output is the right class. */
async function accuracy(session: DirectSession, shape: readonly number[]): Promise<number> {
  const rows = DIGITS.rows - TRAINING_ROWS;
  const outputs = await outputOf(session, [rows, ...shape], DIGITS.inputs.subarray(TRAINING_ROWS * 64));
  let right = 0;
  for (let row = 0; row < rows; row++) {
    const scores = [...outputs.subarray(row * 10, row * 10 + 10)];
    if (scores.indexOf(Math.max(...scores)) === DIGITS.targets[TRAINING_ROWS + row]) right++;
  }
  return right / rows;
}

for (const scaling of ['image', 'features'] as const) {
  t.test(`a classifier of handwritten digits, scaling ${scaling}`, async (t) => {
    const session = await open(t, { ...OPTIONS, scaling });
    const share = await accuracy(session, [64]);
    // Guessing gets 0.1, logistic regression on so few rows about 0.9.
    t.ok(share > 0.92, `${share} of the other digits are right`);
  });
}

t.test('the signature is the one of a base model', async (t) => {
  const session = await open(t, { ...OPTIONS, epochs: 1, inputShape: [1, 8, 8] });
  t.strictSame(session.signature, {
    inputs: [{ name: 'input', type: 'float32', dims: [null, 1, 8, 8] }],
    outputs: [{ name: 'probabilities', type: 'float32', dims: [null, 10] }],
  });
  const probabilities = await outputOf(session, [3, 1, 8, 8], DIGITS.inputs.subarray(0, 192));
  for (const row of [0, 1, 2]) {
    const sum = probabilities.subarray(row * 10, row * 10 + 10).reduce((total, probability) => total + probability, 0);
    t.ok(Math.abs(sum - 1) < 1e-6);
  }
  t.equal((await outputOf(session, [0, 1, 8, 8], new Float32Array(0))).length, 0, 'no rows give no rows');
});

t.test('logits are the logarithms of the probabilities, but for a constant per row', async (t) => {
  const row = DIGITS.inputs.subarray(0, 64);
  const probabilities = await outputOf(await open(t, { ...OPTIONS, epochs: 2 }), [1, 64], row);
  const session = await open(t, { ...OPTIONS, epochs: 2, output: 'logits' });
  t.equal(session.signature.outputs[0]?.name, 'logits');
  const logits = await outputOf(session, [1, 64], row);
  const constants = logits.map((logit, index) => logit - Math.log(probabilities[index] ?? NaN));
  t.ok(Math.max(...constants) - Math.min(...constants) < 1e-4);
});

t.test('the same options give the same bytes; labels are kept in the metadata', async (t) => {
  const options = { ...OPTIONS, epochs: 1, labels: [...'abcdefghij'] };
  const bytes = await trainClassifier(options);
  t.strictSame(await trainClassifier(options), bytes);
  t.ok(Buffer.from(bytes).includes(JSON.stringify(options.labels)));
  t.notOk(Buffer.from(bytes).includes('metaerr_'), 'no name that a graph of the service could clash with');
});

t.test('progress and abort reach the caller', async (t) => {
  const controller = new AbortController();
  const onProgress = (): void => controller.abort();
  await t.rejects(trainClassifier({ ...OPTIONS, epochs: 1000 }, { onProgress, signal: controller.signal }), { name: 'AbortError' });
});

t.test('options that do not fit are refused by name', async (t) => {
  const faults: [Partial<ClassifierOptions>, string][] = [
    [{ inputs: new Float32Array(10) }, 'inputs must hold rows x width = 25600 values, not 10'],
    [{ inputShape: [8, 9] }, 'inputShape must have the product width = 64, not [8, 9]'],
    [{ labels: ['a'] }, 'labels must hold classes = 10 names, not 1'],
    [{ epochs: 0 }, 'epochs must be an integer of at least 1, not 0'],
  ];
  for (const [options, message] of faults) await t.rejects(trainClassifier({ ...OPTIONS, ...options }), { name: 'RangeError', message });
});
