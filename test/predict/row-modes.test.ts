import fc from 'fast-check';
import t from 'tap';
import { systemClock } from '../../src/core/clock.js';
import { createDirectSession } from '../../src/engine/direct-session.js';
import type { DirectSession } from '../../src/engine/engine.js';
import type { Tensor, TensorMap } from '../../src/engine/tensor.js';
import { concatRows, sliceRows } from '../../src/inference/batching/tensor-rows.js';
import type { LoadedModel, PredictReply } from '../../src/inference/contracts.js';
import { engineForm } from '../../src/inference/output-form.js';
import type { RowMode } from '../../src/inference/row-shape.js';
import { loadModel, predictBench, request } from '../support/predict-bench.js';
import { ROW_MODE_CASES, withoutSizes, type RowModeCase } from '../support/predict-row-modes.js';

const CPU = { executionProviders: ['cpu'], intraOpThreads: 1 } as const;
const CUSTOM = { task: 'custom', output: null, scores: null } as const;
const BATCHING = { max_rows: 4, max_delay_microseconds: 300, max_queue_rows: 10_000, timeout_milliseconds: 10_000 };

/** What onnxruntime gives for the tensors of a request. */
async function engineAnswer(session: DirectSession, inputs: TensorMap, rows: number, mode: RowMode): Promise<TensorMap> {
  if (mode === 'batched' || mode === 'request') return session.run(inputs);
  const runs: TensorMap[] = [];
  for (let row = 0; row < rows; row++) {
    const one = sliceRows(inputs, row, row + 1);
    runs.push(await session.run(mode === 'whole' ? eachTensor(one, ({ dims, ...rest }) => ({ ...rest, dims: dims.slice(1) })) : one));
  }
  const [only] = runs;
  if (runs.length === 1 && only !== undefined) return only;
  // Rows that ran alone are stacked along the dimension of the row, or along a new one where they have none.
  return concatRows(runs.map((run) => eachTensor(run, (tensor) => (mode === 'single' && tensor.dims[0] === 1 ? tensor : { ...tensor, dims: [1, ...tensor.dims] }))));
}

function eachTensor(tensors: TensorMap, change: (tensor: Tensor) => Tensor): TensorMap {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor)]));
}

/** The reply's outputs as the engine gave them. */
function restored({ outputs, forms, requestOutputs }: PredictReply): TensorMap {
  return { ...Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, engineForm(tensor, forms[name] ?? 'rows')])), ...requestOutputs };
}

/** Type, shape and every bit, as one text. */
function bits({ type, dims, data }: Tensor): string {
  const values = type === 'string' ? JSON.stringify(data) : Buffer.from((data as Uint8Array).buffer, data.byteOffset, data.byteLength).toString('hex');
  return `${type} [${dims.join()}] ${values}`;
}

const printed = (tensors: TensorMap) => Object.fromEntries(Object.keys(tensors).sort().map((name) => [name, bits(tensors[name] as Tensor)]));

/** Requests at the same time: how many rows each has, and a seed of its values. */
const requests = fc.array(fc.tuple(fc.constantFrom(1, 1, 1, 2, 3, 5, 9), fc.nat(1000)), { minLength: 1, maxLength: 8 });

function inputsOf({ inputs }: RowModeCase, rows: number, seed: number): TensorMap {
  let next = seed;
  // Small integers of both signs: a linear congruential generator.
  const value = () => ((next = (next * 1_103_515_245 + 12_345) % 2 ** 31), Math.floor(next / 2 ** 16) % 13) - 6;
  return inputs(rows, (count) => Array.from({ length: count }, value));
}

for (const each of ROW_MODE_CASES) {
  t.test(`${each.rowMode}: ${each.name}`, async (t) => {
    const session = await createDirectSession({ bytes: each.onnx }, CPU);
    t.teardown(() => session.release());
    const loaded = await loadModel(t, each.onnx, { rowMode: each.rowMode, instances: 2, config: { ...CUSTOM, batching: BATCHING } });
    await fc.assert(
      fc.asyncProperty(requests, async (all) => {
        // A model that has seen nothing yet: what it learns from its runs must not show in what it answers.
        const model: LoadedModel = each.undeclared === true ? withoutSizes(loaded) : { ...loaded };
        const { ask, leases } = predictBench(model, { clock: systemClock });
        const replies = await Promise.all(all.map(([rows, seed]) => ask(request(inputsOf(each, rows, seed), rows))));
        const expected = [];
        for (const [rows, seed] of all) expected.push(printed(await engineAnswer(session, inputsOf(each, rows, seed), rows, each.rowMode)));
        t.strictSame(replies.map((reply) => printed(restored(reply))), expected, JSON.stringify(all));
        const oddRows = replies.flatMap(({ outputs, rows }) => Object.values(outputs).filter(({ dims }) => dims[0] !== rows));
        t.same(oddRows, [], 'row-wise outputs have the rows as dimension 0');
        t.ok(replies.every(({ status }) => status === 'cold_start'));
        t.same(leases, { taken: all.length, released: all.length });
      }),
      { numRuns: 12 },
    );
  });
}
