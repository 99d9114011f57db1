import fc from 'fast-check';
import t from 'tap';
import { systemClock } from '../../src/core/clock.js';
import type { TensorMap } from '../../src/engine/tensor.js';
import { rowValue } from '../../src/inference/codec/nested-output.js';
import type { PredictReply } from '../../src/inference/contracts.js';
import { loadModel, predictBench, request } from '../support/predict-bench.js';
import { mixedModel } from '../support/predict-models.js';

/** One row of the mixed model; `a` has a length that requests may differ in. */
const row = (length: number) =>
  fc.record({
    a: fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: length, maxLength: length }),
    b: fc.integer({ min: -1000, max: 1000 }),
    s: fc.tuple(fc.string(), fc.string({ unit: 'grapheme' })),
    f: fc.boolean(),
  });
type Row = typeof row extends (length: number) => fc.Arbitrary<infer R> ? R : never;

/** Mostly small requests, some larger than a batch. */
const rowsOf = (length: number) => fc.oneof({ weight: 5, arbitrary: fc.array(row(length), { minLength: 1, maxLength: 3 }) }, { weight: 1, arbitrary: fc.array(row(length), { minLength: 6, maxLength: 16 }) });
const requests = fc.array(fc.constantFrom(1, 1, 1, 2).chain(rowsOf), { minLength: 1, maxLength: 20 });

function tensorsOf(rows: readonly Row[]): TensorMap {
  return {
    a: { type: 'float32', dims: [rows.length, rows[0]?.a.length ?? 0], data: Float32Array.from(rows.flatMap(({ a }) => a)) },
    b: { type: 'int64', dims: [rows.length], data: BigInt64Array.from(rows, ({ b }) => BigInt(b)) },
    s: { type: 'string', dims: [rows.length, 2], data: rows.flatMap(({ s }) => s) },
    f: { type: 'bool', dims: [rows.length], data: Uint8Array.from(rows, ({ f }) => Number(f)) },
  };
}

/** What the model computes, by hand. */
function expected({ a, b, s, f }: Row) {
  return { value: a.reduce((sum, each) => sum + each, b), a_out: a, s_out: s, f_out: !f };
}

function answered(reply: PredictReply, index: number) {
  return Object.fromEntries(Object.entries(reply.outputs).map(([name, tensor]) => [name, rowValue(tensor, index)]));
}

t.test('each of many concurrent requests is answered as if it were alone', async (t) => {
  const config = { task: 'custom', output: null, scores: null } as const;
  const model = await loadModel(t, mixedModel(), { instances: 2, config: { ...config, batching: { max_rows: 7, max_delay_microseconds: 300, max_queue_rows: 10_000, timeout_milliseconds: 10_000 } } });
  const { ask, logged, metrics } = predictBench(model, { clock: systemClock });
  let sent = 0;
  let runsAlone = 0;
  await fc.assert(
    fc.asyncProperty(requests, async (all) => {
      sent += all.length;
      for (const rows of all) runsAlone += Math.ceil(rows.length / 7);
      const replies = await Promise.all(all.map((rows) => ask(request(tensorsOf(rows), rows.length))));
      for (const [i, rows] of all.entries()) {
        const reply = replies[i] as PredictReply;
        t.strictSame(rows.map((_, index) => answered(reply, index)), rows.map(expected));
        t.equal(reply.status, 'cold_start');
      }
    }),
    { numRuns: 40 },
  );
  const runs = (await metrics.batchRows.get()).values.find(({ metricName }) => metricName === 'metaerr_batch_rows_count')?.value ?? 0;
  t.ok(runs < runsAlone, `${sent} requests shared ${runs} runs; alone they would have taken ${runsAlone}`);
  t.equal(logged.length, sent);
  t.equal(new Set(logged.map(({ ids }) => ids[0])).size, sent, 'every request has an id of its own');
});

t.test('features in the ledger belong to their rows', async (t) => {
  const model = await loadModel(t, mixedModel(), { config: { task: 'custom', output: null, scores: null, batching: { max_rows: 5, max_delay_microseconds: 0, max_queue_rows: 1000, timeout_milliseconds: 10_000 } } });
  const { ask, logged } = predictBench(model);
  const rows = Array.from({ length: 23 }, (_, i): Row => ({ a: [i], b: i * i, s: ['u', String(i)], f: i % 2 === 0 }));
  const alone: Float32Array[] = [];
  for (const each of rows) {
    await ask(request(tensorsOf([each]), 1));
    alone.push(logged.pop()?.features ?? new Float32Array());
  }
  await Promise.all([ask(request(tensorsOf(rows.slice(0, 3)), 3)), ...rows.slice(3).map((each) => ask(request(tensorsOf([each]), 1)))]);
  const together = logged.flatMap(({ features, featureWidth, rows: indices }) => Array.from(indices, (_, i) => features.slice(i * featureWidth, (i + 1) * featureWidth)));
  t.equal(logged[0]?.featureWidth, model.features.layout.width);
  t.same(together, alone);
});
