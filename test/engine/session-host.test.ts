import t from 'tap';
import type { RunRequest, RunStep } from '../../src/engine/engine.js';
import { SessionHost } from '../../src/engine/thread-host.js';
import { float32, fussyModel, scaleModel } from '../support/engine-models.js';
import { CPU, request } from '../support/engine-pool.js';

function step(session: string, from: string, to: string, optional: boolean): RunStep {
  return { session, feeds: { x: from }, fetches: { y: to }, optional };
}

async function hostWithSessions(): Promise<SessionHost> {
  const host = new SessionHost();
  await host.load('double', { bytes: scaleModel(2) }, CPU);
  await host.load('fussy', { bytes: fussyModel() }, CPU);
  return host;
}

t.test('steps hand tensors on, and the reply carries what was asked for', async (t) => {
  const host = await hostWithSessions();
  const chain: RunRequest = {
    steps: [step('double', 'in', 'once', false), step('double', 'once', 'twice', false)],
    tensors: { in: float32(1, 2) },
    fetch: ['twice', 'in'],
  };
  const { tensors, steps } = await host.run(chain);
  t.same(Object.keys(tensors), ['twice', 'in']);
  t.same([...(tensors['twice']?.data ?? [])], [4, 8]);
  t.same([...(tensors['in']?.data ?? [])], [1, 2]);
  t.same(steps.map(({ session, error }) => [session, error]), [['double', null], ['double', null]]);
  t.ok(steps.every(({ milliseconds }) => milliseconds >= 0));
  await host.close();
});

t.test('an optional step that fails ends its chain, and the reply carries what is there', async (t) => {
  const host = await hostWithSessions();
  const { tensors, steps } = await host.run({
    steps: [
      step('double', 'in', 'base', false),
      step('fussy', 'base', 'features', true),
      step('double', 'features', 'meta', true),
      step('double', 'base', 'aside', true),
    ],
    tensors: { in: float32(1, 2, 3) },
    fetch: ['base', 'features', 'meta', 'aside'],
  });
  t.same(Object.keys(tensors).sort(), ['aside', 'base']);
  t.same([...(tensors['base']?.data ?? [])], [2, 4, 6]);
  t.equal(steps[0]?.error, null);
  t.match(steps[1]?.error, /reshape/i);
  t.match(steps[2]?.error, /'features' is missing/);
  t.equal(steps[3]?.error, null, 'a step that does not need the failed one still runs');
  await host.close();
});

t.test('an optional step whose session is not loaded is reported, a required one fails the run', async (t) => {
  const host = await hostWithSessions();
  const steps = (optional: boolean) => [step('double', 'in', 'base', false), step('absent', 'base', 'meta', optional)];
  const run = (optional: boolean) => host.run({ steps: steps(optional), tensors: { in: float32(1) }, fetch: ['base', 'meta'] });
  const { tensors, steps: reports } = await run(true);
  t.same(Object.keys(tensors), ['base']);
  t.match(reports[1]?.error, /no session with the id 'absent'/);
  await t.rejects(run(false), { name: 'EngineRunError', session: 'absent' });
  await host.close();
});

t.test('faults of a request fail its run with a message that names them', async (t) => {
  const host = await hostWithSessions();
  await t.rejects(host.run(request('double', { z: float32(1) })), { name: 'EngineRunError', message: /'x'/ }, 'input missing');
  await t.rejects(host.run({ ...request('double', {}), steps: [step('double', '__proto__', 'y', false)] }), /'__proto__' is missing/);
  await t.rejects(host.run(request('double', { x: float32(1) }, 'nope')), /nope/, 'unknown output');
  await t.rejects(host.run(request('double', { x: { type: 'float32', dims: [3], data: Float32Array.of(1) } })), /size\(3\)/, 'dims against data');
  await t.rejects(host.run(request('double', { x: { type: 'int32', dims: [1], data: Int32Array.of(1) } })), /type/, 'wrong type');
  await host.close();
});

t.test('load refuses an id in use; unload frees it', async (t) => {
  const host = await hostWithSessions();
  await t.rejects(host.load('double', { bytes: scaleModel(3) }, CPU), /'double' is loaded already/);
  await host.unload('double');
  await host.unload('double');
  await host.load('double', { bytes: scaleModel(3) }, CPU);
  const { tensors } = await host.run(request('double', { x: float32(1) }));
  t.equal(tensors['y']?.data[0], 3);
  await host.close();
});
