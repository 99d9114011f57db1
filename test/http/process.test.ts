import { join } from 'node:path';
import t from 'tap';
import { temporaryFolder, writeModels } from '../support/http-app.js';
import { linearClassifier } from '../support/http-models.js';
import { spawnServer, startServer, type RunningServer } from '../support/http-process.js';

const rows = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]];

interface Predicted {
  readonly prediction_id: string;
}
interface Acknowledged {
  readonly results: readonly { readonly status: string }[];
}
interface Record {
  readonly predictions: readonly { readonly row: number; readonly failure: boolean | null }[];
}
interface Report {
  readonly rows: { readonly predictions: number; readonly labelled: number; readonly failures: number };
}

async function predictAll(server: RunningServer, requests: number): Promise<string[]> {
  const replies = await Promise.all(Array.from({ length: requests }, () => server.post<Predicted>('/v1/models/m/predict', { instances: rows })));
  return replies.map(({ body }) => body.prediction_id);
}

t.test('SIGKILL loses no acknowledged ground truth, and at most the last flush interval of predictions', async (t) => {
  const folder = temporaryFolder(t);
  const options = { modelRepository: writeModels(folder, { m: { onnx: linearClassifier() } }), dataDir: join(folder, 'data') };
  const acknowledged = new Map<string, boolean>();

  for (let round = 0; round < 3; round++) {
    const server = await startServer(options);
    const ids = await predictAll(server, 25);
    let answered = 0;
    // Ground truths are sent one request each, and the process is killed while more are on their way.
    const sending = ids.flatMap((id) =>
      rows.map(async (_, row) => {
        const correct = (row + round) % 2 === 0;
        const { body } = await server.post<Acknowledged>('/v1/ground-truth', { items: [{ prediction_id: id, row, correct }] });
        if (body.results[0]?.status === 'matched') acknowledged.set(`${id}/${row}`, !correct);
        if (++answered === 40) server.child.kill('SIGKILL');
      }),
    );
    await Promise.allSettled(sending);
    t.equal(await server.ended, 'SIGKILL');
  }

  const server = await startServer(options);
  t.ok(acknowledged.size >= 120, `${acknowledged.size} ground truths were acknowledged before the kills`);
  const { body: report } = await server.get<Report>('/v1/models/m/report');
  t.ok(report.rows.labelled >= acknowledged.size, 'the ledger has at least what was acknowledged');
  for (const id of new Set([...acknowledged.keys()].map((key) => key.split('/')[0] ?? ''))) {
    const { body } = await server.get<Record>(`/v1/predictions/${id}`);
    for (const { row, failure } of body.predictions) {
      const expected = acknowledged.get(`${id}/${row}`);
      if (expected !== undefined && failure !== expected) t.fail(`${id}/${row} is ${String(failure)}, acknowledged as ${expected}`);
    }
  }
  server.child.kill('SIGTERM');
  t.equal(await server.ended, 0, 'an orderly end has exit code 0');
});

t.test('a data folder in use is refused, with exit code 1 and the reason', async (t) => {
  const folder = temporaryFolder(t);
  const options = { modelRepository: writeModels(folder, { m: { onnx: linearClassifier() } }), dataDir: join(folder, 'data') };
  const first = await startServer(options);
  const second = spawnServer(options);
  let words = '';
  second.stderr?.setEncoding('utf8').on('data', (text: string) => (words += text));
  const code = await new Promise((resolve) => second.once('close', resolve));
  t.equal(code, 1);
  t.match(words, /DATA_DIR_LOCKED/);
  t.equal((await first.get('/healthz')).status, 200, 'the first server is not disturbed');
  first.child.kill('SIGTERM');
  t.equal(await first.ended, 0);
});

t.test('every fault of the environment is told at once', async (t) => {
  const child = spawnServer({ modelRepository: 'x', dataDir: 'y', env: { PORT: 'eighty', LOG_LEVEL: 'loud', METAERR_DATADIR: 'z' } });
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (words += text));
  t.equal(await new Promise((resolve) => child.once('close', resolve)), 1);
  for (const expected of [/CONFIG_INVALID/, /PORT/, /LOG_LEVEL/, /METAERR_DATADIR is not a setting/]) t.match(words, expected);
});

t.test('a full disk: predictions go on, ground truth gets 503 and is not acknowledged', async (t) => {
  const folder = temporaryFolder(t);
  const options = { modelRepository: writeModels(folder, { m: { onnx: linearClassifier() } }), dataDir: join(folder, 'data') };
  const server = await startServer({ ...options, fileLimitKibibytes: 512 });
  let refused = 0;
  let acknowledged = 0;
  for (let round = 0; round < 200 && refused === 0; round++) {
    const ids = await predictAll(server, 16);
    const { status, body } = await server.post<Acknowledged & { error?: { code: string } }>('/v1/ground-truth', {
      items: ids.flatMap((id) => rows.map((_, row) => ({ prediction_id: id, row, label: 'x'.repeat(900) }))),
    });
    if (status === 200) acknowledged += body.results.filter((each) => each.status === 'matched').length;
    else {
      refused++;
      t.equal(status, 503);
      t.equal(body.error?.code, 'LEDGER_UNAVAILABLE');
    }
  }
  t.equal(refused, 1, 'the disk became full');
  t.equal((await server.post('/v1/models/m/predict', { instances: rows })).status, 200, 'predictions go on');
  server.child.kill('SIGKILL');
  await server.ended;

  const again = await startServer(options);
  const { body } = await again.get<Report>('/v1/models/m/report');
  t.ok(body.rows.labelled >= acknowledged, `${acknowledged} acknowledged, ${body.rows.labelled} in the ledger`);
  again.child.kill('SIGTERM');
  await again.ended;
});
