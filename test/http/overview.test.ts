import t from 'tap';
import { startApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';
import { batchOf, labelItem, newId } from '../support/ledger-data.js';

const MODELS = { m: { onnx: linearClassifier(), yaml: 'retraining: { automatic: false }\n' } };
const KEY = { model: 'm', version: 1, digest: 'd' };

interface Timeline {
  readonly bucket_seconds: number;
  readonly buckets: readonly { readonly predictions: number }[];
  readonly total: Readonly<Record<string, number | null>>;
}

t.test('timeline and breakdown of a model', async (t) => {
  const { system, call } = await startApp(t, { models: MODELS });
  const now = Date.now();
  const replies = Array.from({ length: 10 }, (_, i) => ({ id: newId('m'), createdAt: now - 1_000 * i - 1, failureProbability: i / 10 }));
  await system.ledger.append(batchOf({ key: KEY, replies }));
  await system.ledger.record(replies.slice(0, 4).map(({ id }, i) => labelItem(id, i < 1 ? '1' : '9')));
  const { status, body } = await call<Timeline>({ url: '/v1/models/m/timeline?fit=true' });
  t.equal(status, 200);
  t.ok(body.bucket_seconds >= 1 && body.buckets.length <= 60);
  t.match(body.total, { predictions: 10, scored: 10, labelled: 4, failures: 1, observed_failure_rate: 0.25, labelled_scored: 4 });
  t.equal(body.total['expected_failure_rate']?.toFixed(6), '0.450000');
  t.equal(body.total['labelled_expected_failure_rate']?.toFixed(6), '0.150000');
  t.match((await call<Timeline>({ url: '/v1/models/m/timeline?version=2&buckets=1' })).body, { buckets: [{ predictions: 0 }], total: { expected_failure_rate: null, observed_failure_rate: null } });

  const breakdown = await call({ url: '/v1/models/m/breakdown' });
  t.match([breakdown.status, breakdown.body], [200, {
    classes: [{ label: '9', predictions: 10, labelled: 4, failures: 1 }], pairs: [{ predicted: '9', actual: '1', failures: 1 }], statuses: { ok: 0, label_free: 0, cold_start: 10, degraded: 0 }, reviews: 10,
    searched: { rows: 10, complete: true },
  }]);
  for (const [url, expected, field] of [
    ['/v1/models/m/timeline?buckets=0', 400, 'buckets'], ['/v1/models/m/timeline?buckets=501', 400, 'buckets'], ['/v1/models/m/timeline?fit=perhaps', 400, 'fit'],
    ['/v1/models/m/timeline?from=yesterday', 400, 'from'], ['/v1/models/m/breakdown?colour=red', 400, 'colour'], ['/v1/models/m/breakdown?version=0', 400, 'version'],
    ['/v1/models/nobody/timeline', 404, undefined], ['/v1/models/nobody/breakdown', 404, undefined], ['/v1/jobs?limit=0', 400, 'limit'],
  ] as const) {
    const refused = await call<{ error: { field?: string } }>({ url });
    t.same([refused.status, refused.body.error.field], [expected, ...(field === undefined ? [refused.body.error.field] : [field])], url);
  }
});

t.test('a model that could not be loaded has a timeline and a breakdown all the same', async (t) => {
  const { call } = await startApp(t, { models: { broken: { onnx: new Uint8Array([1]) } } });
  t.equal((await call({ url: '/v1/models/broken/timeline' })).status, 200);
  t.equal((await call({ url: '/v1/models/broken/breakdown' })).status, 200);
});

t.test('jobs are listed, those of one model too', async (t) => {
  const { system, call } = await startApp(t, { models: { ...MODELS, n: { onnx: linearClassifier() } } });
  const asked = await Promise.all(['m', 'n'].map((model) => system.retraining.retrain(model, { requestId: null, traceParent: null })));
  await Promise.all(asked.map(({ id }) => system.queue.ended(id)));
  const ids = async (query: string) => (await call<{ jobs: { id: string; model: string }[] }>({ url: `/v1/jobs${query}` })).body.jobs.map(({ id }) => id);
  t.same((await ids('')).toSorted(), asked.map(({ id }) => id).toSorted());
  t.same(await ids('?model=n'), [asked[1]?.id]);
  t.equal((await ids('?limit=1')).length, 1);
  t.same(await ids('?model=nobody'), []);
});
