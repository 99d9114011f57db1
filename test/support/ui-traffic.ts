import { createRandom } from '../../src/meta/training/random.js';
import { batchOf, labelItem, newId, type ReplySpec } from './ledger-data.js';
import { addMetaModel } from './http-meta-models.js';
import type { TestApp } from './http-app.js';
import { CLASSES, EVIL, SIDE } from './ui-models.js';

const MINUTE = 60_000;

interface Traffic {
  readonly model: string;
  readonly rows: number;
  readonly labels: readonly string[];
  /** Of the oldest rows, how many get a ground truth. */
  readonly labelled: number;
  input(random: () => number): unknown;
}

/** Rows of the last hour, the older ones labelled: failures come as often as the failure probabilities say. */
async function fillLedger({ system }: TestApp, { model, rows, labels, labelled, input }: Traffic): Promise<void> {
  const random = createRandom(7);
  const uniform = () => random.uniform();
  const { key } = system.catalogue.loaded(model);
  const now = Date.now();
  const replies = Array.from({ length: rows }, (_, i): ReplySpec & { readonly id: string; readonly label: string; readonly failureProbability: number } => ({
    id: newId(model),
    createdAt: now - 60 * MINUTE + (58 * MINUTE * i) / rows,
    label: labels[Math.floor(uniform() * labels.length)] ?? '',
    failureProbability: uniform() ** 3,
    metaVersion: i < rows / 2 ? 1 : 2,
    review: false,
    input: JSON.stringify(input(uniform)),
  }));
  await system.ledger.append(batchOf({ key, replies }));
  const truthOf = ({ label, failureProbability: risk }: (typeof replies)[number]) => (uniform() < risk ? (labels.find((each) => each !== label) ?? '') : label);
  await system.ledger.record(replies.slice(0, labelled).map((reply) => labelItem(reply.id, truthOf(reply), { observedAt: now, receivedAt: now })));
}

/** Traffic of the models of `ui-models`, and two meta-models of `animals`, of which the second serves. */
export async function fillForPage(app: TestApp): Promise<void> {
  const pixels = (random: () => number) => [Array.from({ length: SIDE }, () => Array.from({ length: SIDE }, random))];
  await fillLedger(app, { model: 'animals', rows: 600, labels: CLASSES, labelled: 400, input: pixels });
  await fillLedger(app, { model: 'table', rows: 120, labels: ['small', EVIL, 'large'], labelled: 60, input: (random) => Array.from({ length: 4 }, random) });
  const { key } = app.system.catalogue.loaded('price');
  const values = Array.from({ length: 20 }, (_, i) => ({ id: newId('price'), createdAt: Date.now() - MINUTE * (i + 1), label: null, value: i, tolerance: 0.5, failureProbability: i / 20, metaVersion: 1, input: '[1,2,3,4]' }));
  await app.system.ledger.append(batchOf({ key, task: 'regression', replies: values }));
  for (let version = 1; version <= 2; version++) {
    await addMetaModel(app, 'animals', 0.2, { rows: 100 * version, failures: 20 * version, from: Date.now() - 60 * MINUTE, to: Date.now(), seed: 1 });
    await app.system.retraining.promote('animals', version);
  }
}
