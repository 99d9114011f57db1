// Starts the image's commands on its read-only tree, and asks them over HTTP.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { start } from './container.mjs';

const PATIENCE_MILLISECONDS = 60_000;

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Polls until `check` gives something. */
export async function until(what, check) {
  const end = Date.now() + PATIENCE_MILLISECONDS;
  while (Date.now() < end) {
    const found = await check().catch(() => undefined);
    if (found !== undefined && found !== false) return found;
    await pause(100);
  }
  throw new Error(`${what} did not happen within ${PATIENCE_MILLISECONDS / 1_000} s`);
}

/** `models` and `data` are the folders that are mounted at /models and /data; without `data` that is as read-only as the rest. */
export function createMachine({ image, node, models, data }) {
  const options = (argv, env) => ({ argv, env: { ...image.env, ...env }, cwd: image.cwd, user: image.user, node, models, data, readOnly: true });

  /** Runs a command as the image would, to its end. */
  async function run(argv, env = {}) {
    const running = start(image.root, options(argv, env));
    return { code: await running.ended, output: running.output() };
  }

  /** Starts the server or the worker and waits until it is ready. */
  async function open(argv, env = {}) {
    const port = await freePort();
    const running = start(image.root, options(argv ?? image.command, { ...env, PORT: port }));
    const url = `http://127.0.0.1:${port}`;
    const ask = async (path, body, method) => {
      const reply = await fetch(url + path, body === undefined ? { method: method ?? 'GET' } : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
      const text = await reply.text();
      if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text}`);
      return reply.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
    };
    let ended = false;
    void running.ended.then(() => (ended = true));
    await until(`readiness of ${(argv ?? image.command).join(' ')}`, async () => {
      if (ended) return true;
      return fetch(`${url}/readyz`).then((reply) => reply.ok);
    });
    if (ended) throw new Error(`it did not start:\n${running.output()}`);
    return {
      ask,
      healthy: async () => (await run(image.healthCheck, { PORT: port })).code === 0,
      /** SIGTERM; its exit code. */
      async close() {
        running.signal('SIGTERM');
        const code = await running.ended;
        if (code !== 0) throw new Error(`SIGTERM ended it with ${code}:\n${running.output()}`);
      },
    };
  }
  return { run, open, image };
}
