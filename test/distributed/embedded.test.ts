import { join } from 'node:path';
import t from 'tap';
import { countUnderFaults, MODEL, MODELS } from '../support/distributed-faults.js';
import { waitingInFolder } from '../support/distributed-waiting.js';
import { startDistributed } from '../support/distributed.js';

t.test('SIGKILL of the one server of the embedded mode under load loses no ground truth', async (t) => {
  const system = await startDistributed(t, { models: MODELS, servers: 1, workers: 0, embedded: true });
  const [server] = system.servers;
  if (server === undefined) throw new Error('no server');
  const { book } = await countUnderFaults(t, system, {
    plan: { predictions: 3_000, seed: 1 },
    faults: [{ share: 0.3, run: () => server.restart() }, { share: 0.6, run: () => server.restart() }],
    waiting: waitingInFolder(join(system.folder, `data-${server.name}`), MODEL),
  });
  t.ok(book.refusedPredictions > 0 && book.refusedTruths > 0, 'requests of both sorts met a server that was away');
});
