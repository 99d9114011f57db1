import { request } from 'node:http';
import t from 'tap';
import type { ChosenRows, PseudoLabelUseCase } from '../../src/jobs/pseudo-labels/contracts.js';
import { startApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';
import { listen, open, textOf } from '../support/http-stream.js';
import { batchOf, labelItem, newId } from '../support/ledger-data.js';

interface ErrorBody {
  readonly error: { readonly code: string; readonly field?: string };
}

const MODELS = { m: { onnx: linearClassifier(), yaml: 'retraining: { automatic: false }\n' } };
const KEY = { model: 'm', version: 1, digest: 'd' };
const PATH = '/v1/models/m/pseudo-labels';

t.test('the set, its rows as they were stored, and what they came to', async (t) => {
  const { app, system } = await startApp(t, { models: MODELS });
  const created = 1_700_000_000_000;
  const replies = [0.01, 0.4, 0.02, 0.03].map((failureProbability, i) => ({
    id: newId('m', created), createdAt: created + i, failureProbability, metaVersion: 2, label: i === 2 ? 'né' : '9', input: i === 0 ? '{"x":\n[9007199254740993]}' : null,
  }));
  const labelled = { ...replies[0]!, id: newId('m', created), createdAt: created + 9 };
  const batch = batchOf({ key: KEY, replies: [...replies, labelled] });
  await system.ledger.append({ ...batch, statuses: new Uint8Array(5) });
  await system.ledger.record([labelItem(labelled.id, 'other')]);

  const reply = await open(`${await listen(app)}${PATH}?max_risk=0.02`);
  t.match(reply.headers, { 'content-type': 'application/x-ndjson', 'x-pseudo-label-rows': '3', 'x-pseudo-label-expected-noise': /^0\.02/ });
  const [first, ...lines] = (await textOf(reply)).split('\n');
  t.match(JSON.parse(first ?? ''), {
    set: { candidates: 4, cold_start_left_out: 0, rows: 3, expected_noise: 0.02, observed_noise: { labelled: 1, failures: 1, rate: 1, interval: [0.025, 1] } },
  });
  const of = (i: number, rest: string) =>
    `{"prediction_id":"${replies[i]?.id}","row":0,"version":"1","meta_version":2,"created_at":"2023-11-14T22:13:20.00${i}Z",${rest}}`;
  t.same(lines, [
    of(0, '"label":"9","failure_probability":0.01,"inputs":{"x": [9007199254740993]}'),
    of(2, '"label":"né","failure_probability":0.02,"inputs":null'),
    of(3, '"label":"9","failure_probability":0.03,"inputs":null'),
    '{"end":{"rows":3,"expected_noise":0.02,"labels":{"9":2,"né":1}}}',
    '',
  ]);
});

t.test('before there is a meta-model the set is empty, unless the cold start is asked for', async (t) => {
  const { system, call } = await startApp(t, { models: MODELS });
  await system.ledger.append(batchOf({ key: KEY, replies: [{ id: newId('m'), failureProbability: 0.1 }] }));
  const none = await call<string>({ url: `${PATH}?coverage=1` });
  t.equal(none.body, '{"set":{"candidates":0,"cold_start_left_out":1,"rows":0,"expected_noise":null,"most_risk":null,"observed_noise":null}}\n{"end":{"rows":0,"expected_noise":null,"labels":{}}}\n');
  t.notOk('x-pseudo-label-expected-noise' in none.headers);
  t.match((await call<string>({ url: `${PATH}?coverage=1&cold_start=true` })).body, /"rows":1,"expected_noise":0.1,/);
});

t.test('what does not fit is refused with its field', async (t) => {
  const { app, call } = await startApp(t, { models: MODELS });
  for (const [query, field] of [
    ['', 'max_risk'], ['max_risk=0.1&coverage=0.5', 'max_risk'], ['max_risk=2', 'max_risk'], ['coverage=0', 'coverage'], ['coverage=1&balance=fair', 'balance'],
    ['coverage=1&limit=0', 'limit'], ['coverage=1&from=yesterday', 'from'], ['coverage=1&labelled=true', 'labelled'],
  ] as const) {
    t.match(await call<ErrorBody>({ url: `${PATH}?${query}` }), { status: 400, body: { error: { code: 'INVALID_REQUEST', field } } }, query);
  }
  t.match(await call<ErrorBody>({ url: '/v1/models/absent/pseudo-labels?coverage=1' }), { status: 404, body: { error: { code: 'MODEL_NOT_FOUND' } } });
  t.equal((await app.inject({ method: 'HEAD', url: `${PATH}?coverage=1` })).statusCode, 405);
});

/** An app whose sets have rows without end, or whose plan never ends; `ended` tells that the reading stopped. */
async function startEndless(t: Parameters<typeof startApp>[0], where: 'plan' | 'rows') {
  const ended: boolean[] = [];
  const batch = batchOf({ key: KEY, replies: [{ id: newId('m'), rows: 1_000 }] });
  async function* rows(source: AsyncIterable<ChosenRows>): AsyncGenerator<ChosenRows> {
    try {
      for await (const each of source) for (;;) yield each;
    } finally {
      ended.push(true);
    }
  }
  let begun: () => void = () => undefined;
  const planning = new Promise<void>((resolve) => (begun = resolve));
  const { app, system } = await startApp(t, {
    models: MODELS,
    services: ({ pseudoLabels }) => ({
      pseudoLabels: {
        async open(query, signal) {
          if (where === 'rows') {
            const found = await pseudoLabels.open(query, signal);
            return { ...found, rows: rows(found.rows) };
          }
          begun();
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
          ended.push(true);
          throw signal.reason;
        },
      } satisfies PseudoLabelUseCase,
    }),
  });
  await system.ledger.append({ ...batch, statuses: new Uint8Array(1_000) });
  return { app, ended, planning, url: `${await listen(app)}${PATH}?coverage=1` };
}

t.test('a client that goes away ends the reading, of the plan and of the rows', async (t) => {
  const streaming = await startEndless(t, 'rows');
  (await open(streaming.url)).destroy();
  while (streaming.ended.length === 0) await new Promise(setImmediate);
  const { url, ended, planning } = await startEndless(t, 'plan');
  const asking = request(url).on('error', () => undefined);
  asking.end();
  await planning;
  asking.destroy();
  while (ended.length === 0) await new Promise(setImmediate);
  t.pass();
});

t.test('closing does not wait for a client that does not read', async (t) => {
  const { app, ended, url } = await startEndless(t, 'rows');
  const reply = await open(url);
  await app.close();
  await t.rejects(textOf(reply), { code: 'ECONNRESET' });
  t.same(ended, [true]);
});
