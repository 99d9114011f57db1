import t from 'tap';
import { countUnderFaults, MODEL, MODELS } from '../support/distributed-faults.js';
import { waitingInRedis } from '../support/distributed-waiting.js';
import { startDistributed } from '../support/distributed.js';

t.test('SIGKILL of each of two servers under load loses no ground truth', async (t) => {
  const system = await startDistributed(t, { models: MODELS, servers: 2, workers: 0 });
  const [first, second] = system.servers;
  if (first === undefined || second === undefined) throw new Error('no servers');
  const { book } = await countUnderFaults(t, system, {
    plan: { predictions: 4_000, seed: 2 },
    faults: [{ share: 0.25, run: () => first.restart() }, { share: 0.6, run: () => second.restart() }],
    waiting: waitingInRedis(system.redis?.url ?? '', MODEL),
  });
  t.ok(book.refusedPredictions > 0 && book.refusedTruths > 0, 'requests of both sorts met a server that was away');
});
