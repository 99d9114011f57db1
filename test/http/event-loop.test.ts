import { monitorEventLoopDelay } from 'node:perf_hooks';
import t from 'tap';
import { startApp } from '../support/http-app.js';
import { roundsFor, slowClassifier } from '../support/http-models.js';

t.test('while a 200 ms model runs nothing blocks the event loop', async (t) => {
  const app = await startApp(t, { models: { slow: { onnx: slowClassifier(await roundsFor(200)) } } });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const predictions = Promise.all([1, 2, 3].map(() => app.call({ method: 'POST', url: '/v1/models/slow/predict', payload: { instances: [[1, 2, 3, 4]] } })));
  let ended = false;
  void predictions.then(() => (ended = true));
  let probes = 0;
  while (!ended) {
    const { status } = await app.call({ url: '/healthz' });
    if (status === 200) probes++;
    await new Promise(setImmediate);
  }
  delay.disable();
  t.ok((await predictions).every(({ status }) => status === 200), 'all predictions were answered');
  t.ok(probes > 10, `/healthz answered ${probes} times meanwhile`);
  t.ok(delay.percentile(50) / 1e6 < 20, `median event-loop delay ${(delay.percentile(50) / 1e6).toFixed(2)} ms`);
});
