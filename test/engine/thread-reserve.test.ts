import t from 'tap';
import { ThreadEndedError, type EngineThread } from '../../src/engine/engine-thread.js';
import { ThreadReserve } from '../../src/engine/thread-reserve.js';
import { float32, scaleModel } from '../support/engine-models.js';
import { CPU, ENGINE_THREAD, request } from '../support/engine-pool.js';

const CRASHING = new URL('../support/engine-crashing-thread.js', import.meta.url);

async function load(thread: EngineThread, id: string): Promise<void> {
  await thread.send({ kind: 'load', id, source: { bytes: scaleModel(2) }, options: CPU });
}

async function hasEnded(thread: EngineThread): Promise<boolean> {
  return load(thread, 'any').then(() => false, (error: unknown) => error instanceof ThreadEndedError);
}

t.test('a thread that was given back is lent again, without the sessions it had', async (t) => {
  const reserve = new ThreadReserve(ENGINE_THREAD);
  const [serving, old] = [reserve.take(() => undefined), reserve.take(() => undefined)];
  await load(old, 'base');
  await reserve.giveBack(old);
  const next = reserve.take(() => undefined);
  t.equal(next, old);
  const run = next.send({ kind: 'run', request: request('base', { x: float32(1) }) });
  await t.rejects(run, { name: 'EngineRunError', message: /no session with the id 'base'/ });
  await t.resolves(load(next, 'base'));
  const another = reserve.take(() => undefined);
  t.notOk([serving, next].includes(another));
  await Promise.all([serving, next, another].map((thread) => reserve.giveBack(thread)));
});

t.test('there are no more idle threads than lent ones', async (t) => {
  const reserve = new ThreadReserve(ENGINE_THREAD);
  const threads = Array.from({ length: 4 }, () => reserve.take(() => undefined));
  const [a, b, c, d] = threads as [EngineThread, EngineThread, EngineThread, EngineThread];
  await Promise.all([a, b].map((thread) => reserve.giveBack(thread)));
  await reserve.giveBack(c);
  t.equal((await Promise.all([a, b, c].map(hasEnded))).filter((ended) => ended).length, 2, 'one is lent, one idles');
  await reserve.giveBack(d);
  t.strictSame(await Promise.all(threads.map(hasEnded)), [true, true, true, true]);
});

t.test('a thread that ends is not lent again, whoever has it', async (t) => {
  const reserve = new ThreadReserve(CRASHING);
  const ends: string[] = [];
  const [serving, lent, idle] = Array.from({ length: 3 }, (_, i) => reserve.take(() => void ends.push(`thread ${i}`))) as [EngineThread, EngineThread, EngineThread];
  const crash = { kind: 'run', request: request('x', { crash: float32(1) }) } as const;
  await reserve.giveBack(idle);
  await t.rejects(idle.send(crash), ThreadEndedError);
  await t.rejects(lent.send(crash), ThreadEndedError);
  t.strictSame(ends, ['thread 1'], 'only who has a thread is told of its end');
  await reserve.giveBack(lent);
  const next = reserve.take(() => undefined);
  t.notOk([idle, lent, serving].includes(next));
  await t.resolves(load(next, 'base'));
  await Promise.all([serving, next].map((thread) => reserve.giveBack(thread)));
});
