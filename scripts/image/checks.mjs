// What must hold of the image's commands.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, until } from './machine.mjs';

const ENDED = new Set(['completed', 'failed', 'cancelled']);

async function predictAndLabel(server, model, row) {
  const reply = await server.ask(`/v1/models/${model}/predict`, { instances: [row] });
  const id = reply.prediction_id;
  const truth = await server.ask('/v1/ground-truth', { items: [{ prediction_id: id, row: 0, label: String(reply.predictions[0].label) }] });
  // A prediction is written a moment after it was answered; until then its ground truth is pending.
  assert.match(truth.results[0].status, /^(matched|pending)$/);
  await until('the joined prediction', async () => (await server.ask(`/v1/predictions/${id}`)).predictions[0].failure === false);
  return id;
}

/** A retraining by hand must run to its end: it starts a child process and, with so few labels, promotes nothing. */
async function retrain(server, model) {
  const job = await server.ask(`/v1/models/${model}/retrain`, {});
  const ended = await until('the end of the retraining', async () => {
    const view = await server.ask(`/v1/jobs/${job.id}`);
    return ENDED.has(view.state) && view;
  });
  assert.equal(ended.state, 'completed', JSON.stringify(ended));
  console.log(`  retraining ${ended.state}: ${ended.result?.reason ?? ended.error}`);
}

async function checkTree({ run, image }) {
  for (const folder of [image.cwd, '/models', '/', '/usr']) {
    const { code } = await run(['/bin/sh', '-c', `! touch ${folder}/written 2>/dev/null`]);
    assert.equal(code, 0, `${folder} can be written`);
  }
  const { code, output } = await run(['/bin/sh', '-c', 'touch /data/written && rm /data/written && touch /tmp/written && id -u && cat /proc/self/status']);
  assert.equal(code, 0, output);
  assert.match(output, new RegExp(`^${image.user.uid}\n`));
  assert.match(output, /CapBnd:\s0+\n/);
  console.log('  only /data and /tmp can be written; no capabilities');
}

export async function checkEmbedded(machine, model, row) {
  console.log('embedded mode');
  await checkTree(machine);
  const server = await machine.open();
  assert.equal(await server.healthy(), true, 'the health check fails on a healthy server');
  const id = await predictAndLabel(server, model, row);
  await retrain(server, model);
  await server.close();
  assert.equal((await machine.run(machine.image.healthCheck, { PORT: await freePort() })).code, 1, 'the health check passes without a server');
  const again = await machine.open();
  assert.equal((await again.ask(`/v1/predictions/${id}`)).predictions[0].failure, false, 'the ledger was lost by a restart');
  await again.close();
  console.log('  predicted, labelled, retrained, restarted; SIGTERM as process 1: code 0');
}

async function startRedis() {
  const program = execFileSync(process.execPath, ['scripts/redis-server.mjs'], { encoding: 'utf8' }).trim();
  const folder = mkdtempSync(join(tmpdir(), 'metaerr-image-redis-'));
  const port = await freePort();
  const args = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'];
  const child = spawn(program, args.map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const text of child.stdout.iterator({ destroyOnReturn: false })) if (String(text).includes('Ready to accept connections')) break;
  child.stdout.resume();
  return {
    url: `redis://127.0.0.1:${port}`,
    async close() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Neither has a data folder, and the worker has no models. */
export async function checkDistributed(machines, model, row) {
  console.log('distributed mode');
  const redis = await startRedis();
  try {
    const env = { REDIS_URL: redis.url };
    const server = await machines.server.open(undefined, env);
    const worker = await machines.worker.open(['node', 'dist/src/worker.js'], env);
    assert.equal(await server.healthy(), true, 'the health check fails on a healthy server');
    assert.equal(await worker.healthy(), true, 'the health check fails on a healthy worker');
    await predictAndLabel(server, model, row);
    await retrain(server, model);
    await worker.close();
    await server.close();
    console.log('  predicted, labelled, retrained by the worker; SIGTERM as process 1: code 0 of both');
  } finally {
    await redis.close();
  }
}
