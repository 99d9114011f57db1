import fc from 'fast-check';
import type { Test } from 'tap';
import type { GroundTruthItem, GroundTruthKind, Ledger, ModelKey } from '../../src/ledger/ledger.js';
import { batchOf, collect, freshKey, keyOf, newId, referencesOf } from '../support/ledger-data.js';
import type { LedgerFactory } from './ledger-contract.js';
import { scannedRows } from './ledger-contract-scan.js';
import { LedgerModel, shown, type ModelPrediction } from './ledger-model.js';

const PREDICTIONS = 4;
/** Few enough that some are used twice. */
const CALLERS = ['x', 'y', 'z'];
const VALUES: Record<GroundTruthKind, readonly string[]> = { label: ['9', '3', '10'], value: ['2', '2.5', '3'], correct: ['true', 'false'] };

const prediction = fc.record({
  task: fc.constantFrom('classification', 'regression', 'custom'),
  rows: fc.integer({ min: 1, max: 3 }),
  version: fc.integer({ min: 1, max: 2 }),
  failureProbability: fc.constantFrom(0.25, 0.5, NaN),
  createdAt: fc.integer({ min: 1, max: 2 }),
  caller: fc.option(fc.constantFrom(...CALLERS), { freq: 1, nil: undefined }),
  rowCallers: fc.array(fc.constantFrom(null, null, ...CALLERS), { maxLength: 3 }),
});
const truth = fc.constantFrom<GroundTruthKind>('label', 'value', 'correct').chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    value: fc.constantFrom(...VALUES[kind]),
    target: fc.oneof(fc.nat(PREDICTIONS - 1), fc.constantFrom(...CALLERS)),
    row: fc.constantFrom(null, 0, 0, 1, 2),
    observedAt: fc.integer({ min: 1, max: 3 }),
  }),
);
const operation = fc.oneof(
  fc.record({ append: fc.array(fc.nat(PREDICTIONS - 1), { minLength: 1, maxLength: 3 }) }),
  fc.record({ record: fc.array(truth, { minLength: 1, maxLength: 5 }) }),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

interface Specified extends ModelPrediction {
  readonly caller?: string;
  readonly rowCallers: readonly (string | null)[];
}

/** Laws 2 to 8, 11 and 12 at once: any interleaving of appends, also repeated, and ground truths ends as the bag-of-truths model says. */
export async function ledgerProperty(t: Test, factory: LedgerFactory): Promise<void> {
  await t.test('laws 2 to 8, 11, 12: every interleaving ends in the state that follows from the set of ground truths', async (t) => {
    const { ledger } = await factory(t);
    await fc.assert(
      fc.asyncProperty(
        fc.array(prediction, { minLength: PREDICTIONS, maxLength: PREDICTIONS }),
        fc.array(operation, { minLength: 1, maxLength: 14 }),
        fc.boolean(),
        async (specs, operations, atOnce) => {
          const key = freshKey();
          const predictions = specs.map(({ caller, rowCallers, ...spec }): Specified => {
            const callers = { ...(caller !== undefined && { caller }), rowCallers: rowCallers.slice(0, spec.rows) };
            const id = newId(key.model);
            return {
              ...spec, ...callers, id, key: { ...key, version: spec.version }, label: spec.task === 'classification' ? '9' : null, value: 2, tolerance: 0.5,
              references: referencesOf(key.model, { id, ...callers }),
            };
          });
          const model = new LedgerModel();
          await play(t, { ledger, model, predictions, operations, atOnce });
          await compare(t, ledger, model, key, predictions);
        },
      ),
      { numRuns: 120 },
    );
  });
}

interface Play {
  readonly ledger: Ledger;
  readonly model: LedgerModel;
  readonly predictions: readonly Specified[];
  readonly operations: readonly Operation[];
  /** All calls are made before the first is answered. */
  readonly atOnce: boolean;
}

async function play(t: Test, { ledger, model, predictions, operations, atOnce }: Play): Promise<void> {
  const calls: Promise<unknown>[] = [];
  for (const [at, op] of operations.entries()) {
    const call = 'append' in op
      ? appendAll(ledger, model, op.append.flatMap((i) => predictions[i] ?? []))
      : recordAll(t, ledger, model, op.record.map(({ target, ...spec }) => ({ ...spec, id: idOf(target, predictions), receivedAt: at, source: null, choice: 0 })));
    if (atOnce) calls.push(call);
    else await call;
  }
  await Promise.all(calls);
}

function idOf(target: number | string, predictions: readonly ModelPrediction[]): string {
  if (typeof target === 'number') return predictions[target]?.id ?? '';
  return keyOf(predictions[0]?.key.model ?? '', target);
}

async function appendAll(ledger: Ledger, model: LedgerModel, chosen: readonly Specified[]): Promise<void> {
  const calls = chosen.map((p) => {
    model.append(p);
    return ledger.append(batchOf({ key: p.key, task: p.task, replies: [p] }));
  });
  await Promise.all(calls);
}

async function recordAll(t: Test, ledger: Ledger, model: LedgerModel, items: readonly GroundTruthItem[]): Promise<void> {
  const expected = items.map((item) => model.record(item));
  const { results } = await ledger.record(items);
  if (!t.same(results, expected)) throw new Error('statuses differ from the model');
}

async function compare(t: Test, ledger: Ledger, model: LedgerModel, key: ModelKey, predictions: readonly ModelPrediction[]): Promise<void> {
  const checks: boolean[] = [];
  for (const { id } of predictions) {
    const rows = (await ledger.prediction(id)).map(({ failure, groundTruths }) => {
      const current = groundTruths.find((g) => g.current);
      return { failure, history: groundTruths.map(shown).sort(), current: current === undefined ? null : shown(current) };
    });
    checks.push(t.same(rows, model.rows(id)));
  }
  const counts = await ledger.counts({ model: key.model, version: null, from: null, to: null });
  checks.push(t.same(counts, model.counts()));
  const sequence = (await ledger.labelSequence({ ...key, version: 1 })) + (await ledger.labelSequence({ ...key, version: 2 }));
  checks.push(t.equal(sequence, counts.labelled));
  const failures = await Promise.all([1, 2].map(async (version) => {
    const batches = await collect(ledger.labelled({ key: { ...key, version }, featureSchema: 'schema', from: null, to: null, newest: 1e6, features: true }));
    return batches.flatMap((batch) => [...batch.failures]);
  }));
  checks.push(t.equal(failures.flat().length, counts.labelled));
  checks.push(t.equal(failures.flat().filter((f) => f === 1).length, counts.failures));
  const scanned = scannedRows(await collect(ledger.scan({ model: key.model, version: null, labelled: null, from: null, to: null, features: false, inputs: true })));
  checks.push(t.same(scanned.map(({ id, row, failure, truth }) => `${id}/${row} ${failure === -1 ? null : failure === 1} ${truth == null ? null : shown(truth)}`), model.scanned()));
  if (checks.includes(false)) throw new Error('the ledger differs from the model');
}
