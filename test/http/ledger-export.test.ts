import t from 'tap';
import type { LedgerExportUseCase } from '../../src/jobs/contracts.js';
import { MetaErrError } from '../../src/core/errors.js';
import type { ScanBatch } from '../../src/ledger/ledger.js';
import { startApp } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';
import { listen, open, textOf } from '../support/http-stream.js';
import { batchOf, labelItem, newId } from '../support/ledger-data.js';

interface ErrorBody {
  readonly error: { readonly code: string; readonly field?: string };
}
interface Line {
  readonly prediction_id: string;
  readonly row: number;
  readonly created_at: string;
  readonly ground_truth: { readonly value: string; readonly observed_at: string } | null;
}

const MODELS = { m: { onnx: linearClassifier(), yaml: 'retraining: { automatic: false }\n' } };
const KEY = { model: 'm', version: 1, digest: 'd' };
const PATH = '/v1/models/m/ledger';

const read = (text: string): Line[] => text.split('\n').slice(0, -1).map((each) => JSON.parse(each) as Line);
const linesOf = async (url: string): Promise<Line[]> => read(await textOf(await open(url)));

t.test('20,000 rows come out line by line as they went in', async (t) => {
  const { app, system } = await startApp(t, { models: MODELS });
  const replies = Array.from({ length: 2_500 }, (_, i) => ({
    id: newId('m'),
    rows: 8,
    createdAt: 1_700_000_000_000 + Math.floor(i / 3),
    failureProbability: i % 5 === 0 ? NaN : i / 2_500,
    metaVersion: i % 3,
    // As a client may have sent it; the last digits are more than a JSON number of JavaScript holds.
    input: i % 2 === 0 ? `{"x": [\n${i},\r\n9007199254740993]}` : null,
  }));
  const batch = batchOf({ key: KEY, replies });
  const vectors = batch.features.map((_, i) => Math.fround(Math.sin(i) / 3));
  await system.ledger.append({ ...batch, features: vectors });
  const known = replies.flatMap(({ id }, i) => (i % 4 === 0 ? [labelItem(id, i % 8 === 0 ? '9' : 'né', { row: 7, observedAt: 1_700_000_100_000 })] : []));
  await system.ledger.record(known);

  const expected = replies.flatMap(({ id, createdAt, failureProbability, metaVersion, input }, i) =>
    Array.from({ length: 8 }, (_, row) => {
      const truth = row === 7 && i % 4 === 0;
      const start = (i * 8 + row) * 3;
      return {
        prediction_id: id, row, version: '1', meta_version: metaVersion, metaerr_status: 'cold_start', created_at: new Date(createdAt).toISOString(),
        label: '9', value: null, confidence: 0.75, failure_probability: Number.isNaN(failureProbability) ? null : failureProbability, decision: 'review', audit: false, choice_probability: null,
        failure: truth ? i % 8 !== 0 : null,
        ground_truth: truth ? { kind: 'label', value: i % 8 === 0 ? '9' : 'né', observed_at: '2023-11-14T22:15:00.000Z' } : null,
        feature_schema: 'schema', features: [...vectors.subarray(start, start + 3)],
        inputs: input,
      };
    }),
  );
  const url = `${await listen(app)}${PATH}`;
  const reply = await open(`${url}?features=true`);
  t.equal(reply.headers['content-type'], 'application/x-ndjson');
  const lines = (await textOf(reply)).split('\n');
  t.equal(lines.pop(), '', 'the last line is a whole one');
  t.equal(lines.length, 20_000);
  for (const [i, { inputs, ...row }] of expected.entries()) {
    const text = `${JSON.stringify(row).slice(0, -1)},"inputs":${inputs === null ? 'null' : inputs.replaceAll('\n', ' ').replaceAll('\r ', ' ')}}`;
    if (lines[i] !== text) return t.equal(lines[i], text, `line ${i + 1}`);
  }
  const labelled = await linesOf(`${url}?labelled=true`);
  t.same(labelled.map(({ prediction_id: id }) => id), known.map(({ id }) => id));
  t.notOk('features' in (labelled[0] ?? {}));
  t.equal((await linesOf(`${url}?labelled=false`)).length, 20_000 - known.length);
  t.equal((await linesOf(`${url}?version=2`)).length, 0);
  const between = await linesOf(`${url}?from=2023-11-14T22:13:20.010Z&to=2023-11-14T22:13:20.012Z`);
  t.same(between.map(({ prediction_id: id }) => id), replies.slice(30, 36).flatMap(({ id }) => Array<string>(8).fill(id)));
});

t.test('what was exported can be delivered elsewhere', async (t) => {
  const [here, there] = [await startApp(t, { models: MODELS }), await startApp(t, { models: MODELS })];
  const { key } = there.system.catalogue.loaded('m');
  const batch = batchOf({ key, replies: [{ id: newId('m'), rows: 50 }, { id: newId('m') }] });
  for (const { system } of [here, there]) await system.ledger.append(batch);
  await here.system.ledger.record([...batch.ids.keys()].map((i) => labelItem(batch.ids[i] ?? '', '3', { row: batch.rows[i] ?? 0, observedAt: i * 1_000 })));
  const lines = read((await here.call<string>({ url: `${PATH}?labelled=true` })).body);
  const items = lines.map(({ prediction_id, row, ground_truth: truth }) => ({ prediction_id, row, label: truth?.value, observed_at: truth?.observed_at }));
  const payload = items.map((item) => `${JSON.stringify(item)}\n`).join('');
  const { body } = await there.call<object>({ method: 'POST', url: '/v1/ground-truth', headers: { 'content-type': 'application/x-ndjson' }, payload });
  t.same(body, { lines: 51, counts: { matched: 51 }, unknown_labels: { total: 51, examples: ['3'] }, invalid: [] });
  t.same((await there.call<string>({ url: PATH })).body, (await here.call<string>({ url: PATH })).body);
});

t.test('predictions that arrive meanwhile disturb nothing', async (t) => {
  const { app, system, call } = await startApp(t, { models: MODELS });
  const ids = Array.from({ length: 100 }, () => newId('m', 1));
  for (const id of ids) await system.ledger.append(batchOf({ key: KEY, replies: [{ id, rows: 100 }] }));
  const url = `${await listen(app)}${PATH}`;
  let exporting = true;
  const answered: string[] = [];
  const predicting = (async () => {
    while (exporting) {
      const payload = { instances: [[1, 2, 3, 4], [4, 3, 2, 1]] };
      const { status, body } = await call<{ prediction_id: string }>({ method: 'POST', url: '/v1/models/m/predict', payload });
      if (status === 200) answered.push(body.prediction_id);
    }
  })();
  for (let round = 0; round < 3; round++) {
    const before = answered.slice();
    const places = (await linesOf(url)).map(({ prediction_id: id, row }) => `${id}/${row}`);
    t.equal(new Set(places).size, places.length, 'no row twice');
    const old = places.filter((place) => ids.includes(place.slice(0, place.indexOf('/'))));
    t.same(old, ids.flatMap((id) => Array.from({ length: 100 }, (_, row) => `${id}/${row}`)));
    t.ok(before.every((id) => places.includes(`${id}/1`)), 'what was answered before is in it');
  }
  exporting = false;
  await predicting;
  t.ok(answered.length > 0);
});

t.test('a model that could not be loaded has its rows; unknown models and malformed restrictions are refused', async (t) => {
  const { app, call, system } = await startApp(t, { models: { ...MODELS, broken: { onnx: Buffer.from('no') } } });
  const id = newId('broken');
  await system.ledger.append(batchOf({ key: { ...KEY, model: 'broken' }, replies: [{ id }] }));
  const kept = await call<string>({ url: '/v1/models/broken/ledger' });
  t.same([kept.status, read(kept.body).map(({ prediction_id: found }) => found)], [200, [id]]);
  t.same(await call<string>({ url: PATH }).then(({ status, body }) => [status, body]), [200, '']);
  t.match(await call<ErrorBody>({ url: '/v1/models/absent/ledger' }), { status: 404, body: { error: { code: 'MODEL_NOT_FOUND' } } });
  for (const [query, field] of [['labelled=maybe', 'labelled'], ['from=yesterday', 'from'], ['to=2016-12-31T23:59:60Z', 'to'], ['version=0', 'version'], ['feature=true', 'feature']] as const) {
    t.match(await call<ErrorBody>({ url: `${PATH}?${query}` }), { status: 400, body: { error: { code: 'INVALID_REQUEST', field } } }, query);
  }
  t.equal((await app.inject({ method: 'HEAD', url: PATH })).statusCode, 405, 'a HEAD request would read all of it');
});

/** An app whose exports are `batches` of the real ones, and then what `then` does. */
async function startBroken(t: Parameters<typeof startApp>[0], batches: number, then: () => Promise<void>) {
  const ended: boolean[] = [];
  async function* cut(source: AsyncIterable<ScanBatch>): AsyncGenerator<ScanBatch> {
    let left = batches;
    try {
      for await (const batch of source) {
        if (left-- === 0) await then();
        yield batch;
      }
    } finally {
      ended.push(true);
    }
  }
  const { app, system } = await startApp(t, {
    models: MODELS,
    services: ({ ledgerExport }) => ({ ledgerExport: { open: async (query) => cut(await ledgerExport.open(query)) } satisfies LedgerExportUseCase }),
  });
  // More than sockets and streams hold.
  await system.ledger.append(batchOf({ key: KEY, replies: [{ id: newId('m'), rows: 3_000, input: `"${'x'.repeat(8_000)}"` }] }));
  return { app, ended, url: `${await listen(app)}${PATH}` };
}

t.test('a ledger that fails half way breaks the transfer off; one that fails at once is told', async (t) => {
  const fail = () => Promise.reject(new MetaErrError('LEDGER_UNAVAILABLE', 'the disk is gone'));
  const half = await open((await startBroken(t, 2, fail)).url);
  t.equal(half.statusCode, 200);
  await t.rejects(textOf(half), { code: 'ECONNRESET' });
  const none = await open((await startBroken(t, 0, fail)).url);
  t.match([none.statusCode, none.headers['content-type'], JSON.parse(await textOf(none))], [503, /application\/json/, { error: { code: 'LEDGER_UNAVAILABLE' } }]);
});

t.test('a client that goes away ends the reading', async (t) => {
  const { ended, url } = await startBroken(t, -1, () => Promise.resolve());
  const reply = await open(url);
  reply.destroy();
  while (ended.length === 0) await new Promise(setImmediate);
  t.pass();
});

t.test('closing does not wait for a client that does not read; its transfer is broken off', async (t) => {
  const { app, ended, url } = await startBroken(t, -1, () => Promise.resolve());
  const reply = await open(url);
  await app.close();
  await t.rejects(textOf(reply), { code: 'ECONNRESET' });
  t.same(ended, [true]);
});
