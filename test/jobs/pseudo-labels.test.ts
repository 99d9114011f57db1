import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { LoadedModel } from '../../src/inference/contracts.js';
import { MOST_GROUPS } from '../../src/jobs/pseudo-labels/census.js';
import type { PseudoLabelQuery, PseudoLabelSet } from '../../src/jobs/pseudo-labels/contracts.js';
import { createPseudoLabels } from '../../src/jobs/pseudo-labels/pseudo-labels.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { onBothLedgers } from '../support/both-ledgers.js';
import { catalogueOf, loadedModel } from '../support/jobs-model.js';
import { batchOf, freshKey, labelItem, newId } from '../support/ledger-data.js';
import { ManualClock } from '../support/manual-clock.js';

const NOW = Date.UTC(2026, 2, 1);
const NEVER = new AbortController().signal;
const OK = 0;

interface Row {
  readonly label: string | null;
  readonly risk: number;
  /** Null while no ground truth is known. */
  readonly failed?: boolean | null;
  readonly coldStart?: boolean;
  readonly metaVersion?: number;
  readonly createdAt?: number;
}

interface Found {
  readonly set: PseudoLabelSet;
  readonly rows: readonly { readonly id: string; readonly label: string; readonly risk: number; readonly inputs: string | null }[];
}

/** Logs one reply a row; ids in the order of the rows. */
async function write(ledger: Ledger, rows: readonly Row[]): Promise<{ readonly ids: readonly string[]; ask(query: Partial<PseudoLabelQuery>): Promise<Found> }> {
  const key = freshKey();
  const ids = rows.map((_, i) => newId(key.model, NOW + i));
  const replies = rows.map(({ label, risk, metaVersion = 1, createdAt }, i) => ({
    id: ids[i] ?? '', label, failureProbability: risk, metaVersion, createdAt: createdAt ?? NOW - 1_000_000 + i, input: `{"x":[${i}]}`,
  }));
  await ledger.append({ ...batchOf({ key, replies }), statuses: Uint8Array.from(rows, ({ coldStart = false }) => (coldStart ? 1 : OK)) });
  const known = rows.flatMap(({ failed = null }, i) => (failed === null ? [] : [labelItem(ids[i] ?? '', String(!failed), { kind: 'correct' })]));
  if (known.length > 0) await ledger.record(known);
  const pseudoLabels = createPseudoLabels({ ledger, catalogue: catalogueOf([loadedModel({ key })]), clock: new ManualClock(NOW) });
  const everything: PseudoLabelQuery = {
    model: key.model, version: null, metaVersion: null, coldStart: false, from: null, to: null, bound: { coverage: 1 }, balance: 'none', limit: null,
  };
  return {
    ids,
    async ask(query) {
      const { set, rows: chosen } = await pseudoLabels.open({ ...everything, ...query }, NEVER);
      const found: Found['rows'][number][] = [];
      for await (const { batch, chosen: indexes } of chosen) {
        for (const i of indexes) found.push({ id: batch.ids[i] ?? '', label: batch.labels[i] ?? '', risk: batch.failureProbabilities[i] ?? NaN, inputs: batch.inputs[i] ?? null });
      }
      return { set, rows: found };
    },
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const perLabel = ({ rows }: Found): Record<string, number> => rows.reduce<Record<string, number>>((counts, { label }) => ({ ...counts, [label]: (counts[label] ?? 0) + 1 }), {});

await onBothLedgers(t, async (t, open) => {
  await t.test('a bound on the risk: the largest set whose mean failure probability is within it', async (t) => {
    const rows = [0.3, 0.01, 0.02, 0.9, 0.05, 0.12].map((risk) => ({ label: 'a', risk }));
    const { ids, ask } = await write(await open(t), rows);
    const { set, rows: found } = await ask({ bound: { maxRisk: 0.05 } });
    t.same(found.map(({ id }) => id), [ids[1], ids[2], ids[4], ids[5]], 'mean .05 of .01, .02, .05 and .12, in the order of time');
    t.match(set, { candidates: 6, rows: 4, coldStartLeftOut: 0, observed: null });
    t.equal(set.expectedNoise?.toFixed(9), '0.050000000');
    t.ok((set.mostRisk ?? 0) >= 0.12 && (set.mostRisk ?? 1) < 0.123);
    t.equal(found[0]?.inputs, '{"x":[1]}');
    t.equal((await ask({ bound: { maxRisk: 0.0499 } })).rows.length, 3);
    t.equal((await ask({ bound: { maxRisk: 1 } })).rows.length, 6);
    t.same(await ask({ bound: { maxRisk: 0.005 } }), { set: { candidates: 6, coldStartLeftOut: 0, rows: 0, expectedNoise: null, mostRisk: null, observed: null }, rows: [] });
    t.same((await ask({ bound: { coverage: 0.5 } })).rows.map(({ id }) => id), [ids[1], ids[2], ids[4]]);
    t.same((await ask({ bound: { maxRisk: 1 }, limit: 2 })).rows.map(({ id }) => id), [ids[1], ids[2]]);
  });

  await t.test('who takes part: unlabelled, with a label and a failure probability, of a meta-model', async (t) => {
    const { ids, ask } = await write(await open(t), [
      { label: 'a', risk: 0.1 },
      { label: 'a', risk: 0.1, failed: false },
      { label: 'a', risk: NaN },
      { label: null, risk: 0.1 },
      { label: 'b', risk: 0.2, coldStart: true },
      { label: 'b', risk: 0.2, metaVersion: 2 },
      { label: 'b', risk: 0.2, createdAt: NOW - 5_000_000 },
      { label: 'b', risk: 0.2, createdAt: NOW + 5_000_000 },
    ]);
    const chosen = async (query: Partial<PseudoLabelQuery>) => (await ask(query)).rows.map(({ id }) => ids.indexOf(id));
    t.same(await chosen({}), [6, 0, 5], 'what was made after the request is not in it');
    t.match((await ask({})).set, { candidates: 3, coldStartLeftOut: 1, observed: { labelled: 1, failures: 0 } });
    t.same(await chosen({ coldStart: true }), [6, 0, 4, 5]);
    t.same(await chosen({ metaVersion: 2 }), [5]);
    t.same(await chosen({ from: NOW - 2_000_000 }), [0, 5]);
    t.same(await chosen({ to: NOW - 2_000_000 }), [6]);
    t.same(await chosen({ version: 9 }), []);
  });

  await t.test('labelled rows below the threshold say what share is wrong, with an exact interval', async (t) => {
    const labelled = Array.from({ length: 50 }, (_, i) => ({ label: 'a', risk: 0.01 + i * 1e-6, failed: i < 2 }));
    const { ask } = await write(await open(t), [...labelled, { label: 'a', risk: 0.5, failed: true }, { label: 'a', risk: 0.02 }, { label: 'a', risk: 0.4 }]);
    const { observed } = (await ask({ bound: { maxRisk: 0.02 } })).set;
    t.match(observed, { labelled: 50, failures: 2 });
    // Tables of Clopper and Pearson's interval have .005 to .137 for 2 of 50.
    t.same([observed?.low.toFixed(3), observed?.high.toFixed(3)], ['0.005', '0.137']);
    t.equal((await ask({})).set.observed?.labelled, 50, 'the one at .5 is riskier than any of the set');
  });

  await t.test('balance: as many of each label, or the mix of the stream', async (t) => {
    const of = (label: string, count: number, from: number) => Array.from({ length: count }, (_, i) => ({ label, risk: from + i / 1_000 }));
    const { ask } = await write(await open(t), [...of('a', 60, 0.01), ...of('b', 30, 0.2), ...of('c', 10, 0.4)]);
    t.same(perLabel(await ask({ bound: { coverage: 0.3 } })), { a: 30 });
    t.same(perLabel(await ask({ bound: { coverage: 0.3 }, balance: 'equal' })), { a: 10, b: 10, c: 10 });
    t.same(perLabel(await ask({ bound: { coverage: 0.5 }, balance: 'equal' })), { a: 20, b: 20, c: 10 }, 'a label that has fewer gives all');
    t.same(perLabel(await ask({ bound: { coverage: 0.3 }, balance: 'stream' })), { a: 18, b: 9, c: 3 });
    t.same(perLabel(await ask({ bound: { coverage: 1 }, balance: 'equal', limit: 30 })), { a: 10, b: 10, c: 10 });
    const equal = await ask({ bound: { maxRisk: 0.21 }, balance: 'equal' });
    // Means of the first m: .01, .2 and .4, each + (m - 1) / 2000; with all ten of c, more of a and b lower the mean again.
    t.ok(mean(equal.rows.map(({ risk }) => risk)) <= 0.21);
    t.same(perLabel(equal), { a: 60, b: 30, c: 10 }, 'the widest set within the bound, though narrower ones are not');
    const stream = await ask({ bound: { maxRisk: 0.1 }, balance: 'stream' });
    const noise = mean(stream.rows.map(({ risk }) => risk));
    t.ok(noise <= 0.1);
    t.ok(Math.abs((stream.set.expectedNoise ?? 1) / noise - 1) < 0.016, 'known before the rows are read, but for the bins that are cut');
  });

  await t.test('more classes than can be balanced are refused', async (t) => {
    const { ask } = await write(await open(t), Array.from({ length: MOST_GROUPS + 1 }, (_, i) => ({ label: `class ${i}`, risk: 0.1 })));
    t.equal((await ask({ bound: { coverage: 1 } })).rows.length, MOST_GROUPS + 1);
    await t.rejects(ask({ balance: 'equal' }), { code: 'INVALID_REQUEST', field: 'balance' });
  });

  await t.test('any rows: the set is within its bound, and no row of the set is riskier than one left out, but for a bin', async (t) => {
    const ledger = await open(t);
    const row = fc.record({ label: fc.constantFrom('a', 'b', 'c'), risk: fc.double({ min: 0, max: 1, noNaN: true }) });
    const property = fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), fc.double({ min: 0.01, max: 0.9, noNaN: true }), async (rows, maxRisk) => {
      const { ask } = await write(ledger, rows);
      const { set, rows: found } = await ask({ bound: { maxRisk } });
      t.equal(found.length, set.rows);
      const risks = found.map(({ risk }) => risk);
      if (found.length > 0 && mean(risks) > maxRisk + 1e-9) t.fail(`mean ${mean(risks)} above ${maxRisk}`);
      const sorted = rows.map(({ risk }) => risk).sort((a, b) => a - b);
      const most = Math.max(...sorted.map((_, i) => (mean(sorted.slice(0, i + 1)) <= maxRisk ? i + 1 : 0)));
      if (found.length > most) t.fail('more rows than the least risky could be');
      // The conservative count of a bin that is cut costs at most the rows of that bin.
      const edge = (sorted[most - 1] ?? 0) / 1.02;
      if (found.length < sorted.filter((risk) => risk < edge).length - 1) t.fail(`${found.length} rows, ${most} would do`);
    });
    await fc.assert(property, { numRuns: 25, endOnFailure: true });
  });
});

t.test('a reading ends when it is aborted', async (t) => {
  const aborting = new AbortController();
  let ended = false;
  const ledger: Pick<Ledger, 'scan'> = {
    async *scan() {
      try {
        for (;;) {
          aborting.abort(new Error('the client went away'));
          yield await new Promise<never>((_, reject) => setImmediate(() => reject(new Error('read on after the abort'))));
        }
      } finally {
        ended = true;
      }
    },
  };
  await checkAborted(t, ledger, aborting.signal);
  t.ok(ended);
});

async function checkAborted(t: Test, ledger: Pick<Ledger, 'scan'>, signal: AbortSignal): Promise<void> {
  const pseudoLabels = createPseudoLabels({ ledger, catalogue: catalogueOf([loadedModel()]), clock: new ManualClock(NOW) });
  const query: PseudoLabelQuery = { model: 'm', version: null, metaVersion: null, coldStart: false, from: null, to: null, bound: { coverage: 1 }, balance: 'none', limit: null };
  await t.rejects(pseudoLabels.open(query, signal));
}

t.test('models without labels and unknown models are refused', async (t) => {
  const ledger: Pick<Ledger, 'scan'> = { scan: () => { throw new Error('nothing is to be read'); } };
  const plain = loadedModel();
  const regression: LoadedModel = { ...plain, config: { ...plain.config, task: 'regression' } };
  const query: PseudoLabelQuery = { model: 'm', version: null, metaVersion: null, coldStart: false, from: null, to: null, bound: { coverage: 1 }, balance: 'none', limit: null };
  const pseudoLabels = createPseudoLabels({ ledger, catalogue: catalogueOf([regression]), clock: new ManualClock(NOW) });
  await t.rejects(pseudoLabels.open(query, NEVER), { code: 'MODEL_HAS_NO_LABELS', message: /regression/ });
  await t.rejects(pseudoLabels.open({ ...query, model: 'nobody' }, NEVER), { code: 'MODEL_NOT_FOUND' });
});
