import t from 'tap';
import { startApp } from '../support/http-app.js';
import { scalarInputModel } from '../support/predict-row-modes.js';

interface Reply {
  readonly predictions: readonly { readonly outputs: Record<string, unknown> }[];
  readonly outputs?: Record<string, unknown>;
}

t.test('a model with inputs and outputs that have no rows, over HTTP', async (t) => {
  const { call } = await startApp(t, { models: { m: { onnx: scalarInputModel(), yaml: 'task: custom\n' } } });
  const predict = <T>(payload: object) => call<T>({ method: 'POST', url: '/v1/models/m/predict', payload });
  const { status, body } = await predict<Reply>({ inputs: { x: [[1, 2, 3], [4, 5, 6]], scale: 2, k: [3], note: 'hi' } });
  t.equal(status, 200);
  t.same(body.predictions.map(({ outputs }) => outputs['y']), [[2, 4, 6], [8, 10, 12]]);
  t.same(body.outputs, { total: 42, top: [12, 10, 8], note_out: 'hi' });
  const refused = await predict<{ error: object }>({ instances: [{ x: [1, 2, 3], scale: 2, k: [3], note: 'hi' }] });
  t.equal(refused.status, 400);
  t.match(refused.body.error, { code: 'INVALID_INPUT', field: 'instances', message: /"inputs"/ });
});
