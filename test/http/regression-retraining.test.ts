import t from 'tap';
import { createGraphBuilder } from '../../src/engine/onnx/graph-builder.js';
import { summarize } from '../../src/meta/evaluation/summarize.js';
import { createRandom } from '../../src/meta/training/random.js';
import { startApp, type TestApp } from '../support/http-app.js';

interface Reply {
  readonly prediction_id: string;
  readonly metaerr_status: string;
  readonly predictions: readonly { readonly value: number; readonly failure_probability: number | null }[];
}

const YAML = 'task: regression\ntolerance: { absolute: 1 }\nretraining: { automatic: false }\n';
const LABELLED = 200;

/** y = 10 + 2 x0 of x float32 [batch, 3]. */
function linear(): Uint8Array {
  const graph = createGraphBuilder();
  const x = graph.input('x', 'float32', ['batch', 3]);
  const weights = graph.constant({ type: 'float32', dims: [3, 1], data: Float32Array.of(2, 0, 0) });
  graph.output('y', graph.node('Add', [graph.node('MatMul', [x, weights]), graph.scalar('float32', 10)]), 'float32', ['batch', 1]);
  return graph.toModel();
}

/** What the model does not know: x1 bends the truth either way. */
const errorsOf = (rows: readonly (readonly number[])[], seed: number): number[] => {
  const random = createRandom(seed);
  return rows.map(([, x1]) => 1.2 * Math.sin(1.5 * x1!) + 0.15 * random.normal());
};

const inputs = (count: number, seed: number): number[][] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => Array.from({ length: 3 }, () => random.normal()));
};

const predict = async ({ call }: TestApp, model: string, instances: readonly (readonly number[])[]): Promise<Reply> =>
  (await call<Reply>({ method: 'POST', url: `/v1/models/${model}/predict`, payload: { instances } })).body;

t.test('a regression learns from how far off it was', async (t) => {
  const app = await startApp(t, { models: { values: { onnx: linear(), yaml: YAML }, outcomes: { onnx: linear(), yaml: YAML } } });
  const [rows, later] = [inputs(LABELLED, 1), inputs(1_000, 3)];
  const [errors, laterErrors] = [errorsOf(rows, 2), errorsOf(later, 4)];
  const figures: Record<string, { eaurc: number; brier: number }> = {};
  for (const model of ['values', 'outcomes']) {
    const { prediction_id, predictions } = await predict(app, model, rows);
    const items = predictions.map(({ value }, row) => ({
      prediction_id, row, ...(model === 'values' ? { value: value + errors[row]! } : { correct: Math.abs(errors[row]!) <= 1 }),
    }));
    t.equal((await app.call({ method: 'POST', url: '/v1/ground-truth', payload: { items } })).status, 200);
    const { body: job } = await app.call<{ id: string }>({ method: 'POST', url: `/v1/models/${model}/retrain` });
    t.equal((await app.system.queue.ended(job.id)).state, 'completed');
    const served = await predict(app, model, later);
    t.equal(served.metaerr_status, 'ok');
    const failures = Uint8Array.from(laterErrors, (error) => (Math.abs(error) > 1 ? 1 : 0));
    const { eaurc, brier } = summarize(Float64Array.from(served.predictions, ({ failure_probability: p }) => p ?? NaN), failures);
    figures[model] = { eaurc: eaurc!, brier: brier! };
  }
  t.ok(figures['values']!.eaurc < 0.95 * figures['outcomes']!.eaurc, JSON.stringify(figures));
  t.ok(figures['values']!.brier < figures['outcomes']!.brier, JSON.stringify(figures));
});
