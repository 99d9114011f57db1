import t from 'tap';
import { openSqliteClient } from '../../src/ledger/sqlite/client.js';
import { openDataFolder } from '../../src/ledger/sqlite/data-folder.js';
import { createSqliteLedger } from '../../src/ledger/sqlite/threaded-ledger.js';
import { SQLITE_THREAD, temporaryFolder } from '../support/ledger-data.js';
import { startWritingChild } from '../support/ledger-killed.js';

t.test('law 1: SIGKILL loses nothing that was acknowledged, three times in a row', async (t) => {
  const dataDir = temporaryFolder(t);
  const appended = new Set<string>();
  const recorded = new Set<string>();
  for (const round of [1, 2, 3]) {
    const child = startWritingChild(t, dataDir, 'killed');
    await child.acknowledged(20 * round);
    await child.kill();
    for (const line of child.lines) {
      line.appended?.forEach((id) => appended.add(id));
      line.recorded?.forEach((id) => recorded.add(id));
    }
    const client = await openSqliteClient({ dataDir, threadUrl: SQLITE_THREAD });
    const ledger = createSqliteLedger(client);
    const found = await Promise.all([...appended].map(async (id) => ledger.prediction(id)));
    t.notOk(found.some((rows) => rows.length !== 1), 'every prediction is there');
    const labelled = [...recorded].filter((id) => appended.has(id));
    const truths = await Promise.all(labelled.map(async (id) => ledger.prediction(id)));
    t.notOk(truths.some(([row]) => row?.failure !== true || row.groundTruths.length !== 1), 'every ground truth is there');
    const { pending, labelled: count } = await ledger.counts({ model: 'killed', version: null, from: null, to: null });
    t.ok(pending >= recorded.size - labelled.length, 'those that came before their prediction too');
    t.equal(await ledger.labelSequence({ model: 'killed', version: 1, digest: 'd' }), count);
    await client.close();
  }
  t.ok(recorded.size > 200, `${recorded.size} acknowledged ground truths were checked`);
});

t.test('the folder of a living process is locked; SIGKILL frees it', async (t) => {
  const dataDir = temporaryFolder(t);
  const child = startWritingChild(t, dataDir, 'locked');
  await child.acknowledged(1);
  t.throws(() => openDataFolder(dataDir), { code: 'DATA_DIR_LOCKED' });
  await t.rejects(openSqliteClient({ dataDir, threadUrl: SQLITE_THREAD }), { code: 'DATA_DIR_LOCKED' });
  await child.kill();
  const folder = openDataFolder(dataDir);
  t.throws(() => openDataFolder(dataDir), { code: 'DATA_DIR_LOCKED' }, 'also for a second server in this process');
  folder.close();
  openDataFolder(dataDir).close();
});
