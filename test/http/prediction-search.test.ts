import t from 'tap';
import { startApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';
import { batchOf, labelItem, newId } from '../support/ledger-data.js';

const MODELS = { m: { onnx: linearClassifier(), yaml: 'retraining: { automatic: false }\n' } };
const KEY = { model: 'm', version: 1, digest: 'd' };

interface Listed {
  readonly predictions: readonly { readonly prediction_id: string; readonly row: number }[];
  readonly next_cursor: string | null;
  readonly searched: { readonly rows: number; readonly complete: boolean };
}

t.test('the review queue: riskiest first, page by page, without what is labelled', async (t) => {
  const { app, system } = await startApp(t, { models: MODELS });
  const now = Date.now();
  const replies = Array.from({ length: 25 }, (_, i) => ({ id: newId('m'), createdAt: now - 60_000 * i, failureProbability: (i % 10) / 10, input: `{"x":[${i}]}` }));
  await system.ledger.append(batchOf({ key: KEY, replies }));
  const [known, open] = [replies.slice(0, 5), replies.slice(5)];
  await system.ledger.record(known.map(({ id }) => labelItem(id, '9', { observedAt: now })));
  const get = async (query: string) => {
    const reply = await app.inject(`/v1/models/m/predictions?${query}`);
    t.equal(reply.statusCode, 200);
    return reply.json<Listed>();
  };

  const first = await get('order=risk&labelled=false&limit=15');
  const second = await get(`order=risk&labelled=false&limit=15&cursor=${first.next_cursor}`);
  t.equal(second.next_cursor, null);
  const expected = open.toSorted((a, b) => b.failureProbability - a.failureProbability || b.createdAt - a.createdAt);
  t.same([...first.predictions, ...second.predictions].map(({ prediction_id: id }) => id), expected.map(({ id }) => id));
  t.match(first.searched, { rows: 20, complete: true });
  const [riskiest] = expected;
  t.same(first.predictions[0], {
    prediction_id: riskiest?.id, row: 0, version: '1', meta_version: 0, metaerr_status: 'cold_start', created_at: new Date(riskiest?.createdAt ?? 0).toISOString(),
    label: '9', value: null, confidence: 0.75, failure_probability: 0.9, decision: 'review', audit: false, choice_probability: null, failure: null, ground_truth: null, explored: false, inputs: JSON.parse(riskiest?.input ?? '') as unknown,
  });

  const labelled = await get('labelled=true');
  t.same(labelled.predictions.map(({ prediction_id: id }) => id), known.map(({ id }) => id), 'newest first');
  t.match(labelled.predictions[0], { failure: false, ground_truth: { kind: 'label', value: '9', observed_at: new Date(now).toISOString() } });
  const unsure = await get('order=uncertainty&limit=2');
  t.same(unsure.predictions.map(({ prediction_id: id }) => id), [replies[5]?.id, replies[15]?.id]);
  t.equal((await get('version=2')).predictions.length, 0);
});

t.test('what is wrong with a query is said', async (t) => {
  const { app, system } = await startApp(t, { models: MODELS });
  await system.ledger.append(batchOf({ key: KEY, replies: [{ id: newId('m'), rows: 3, createdAt: Date.now() - 5 }] }));
  const cursor = (await app.inject('/v1/models/m/predictions?limit=1')).json<Listed>().next_cursor;
  const text = (fields: unknown) => Buffer.from(JSON.stringify(fields)).toString('base64url');
  for (const [query, field] of [
    ['order=best', 'order'], ['limit=0', 'limit'], ['limit=1001', 'limit'], ['labelled=maybe', 'labelled'], ['cursor=', 'cursor'], ['cursor=x', 'cursor'],
    [`order=risk&cursor=${cursor}`, 'cursor'], [`cursor=${text({})}`, 'cursor'], [`cursor=${text(['time', 0, 1e300, 1, 1, 'a', 0])}`, 'cursor'],
    [`cursor=${text(['time', 0, 1, 1, 1, 'a', null])}`, 'cursor'], ['from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z', 'from'], ['colour=red', 'colour'],
  ] as const) {
    const reply = await app.inject(`/v1/models/m/predictions?${query}`);
    t.match([reply.statusCode, reply.json()], [400, { error: { code: 'INVALID_REQUEST', field } }], query);
  }
  const missing = await app.inject('/v1/models/nobody/predictions');
  t.match([missing.statusCode, missing.json()], [404, { error: { code: 'MODEL_NOT_FOUND' } }]);
});
