import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { answersOf, BY_HAND, byOutput, openDoor, retrain, SCORES, stream, type Scored } from '../support/external-endpoint.js';

t.test('another declaration is another model: its meta-model does not serve, and comes back with it', async (t) => {
  const yaml = `${SCORES}${BY_HAND}`;
  const door = await openDoor(t, { models: { e: { yaml } } });
  await stream(door, 'e', 5, 71, byOutput);
  const champion = await retrain(door, 'e');
  t.ok(champion >= 1);
  const digest = async () => (await door.get<{ digest: string }>('/v1/models/e')).digest;
  const first = await digest();
  const declare = (text: string) => writeFileSync(join(door.app.folder, 'models', 'e', 'metaerr.yaml'), text);
  const { outputs } = answersOf([[1, 0, 0, 0]]);

  declare(`${yaml}labels: [0, 1, 3]\n`);
  await door.app.system.repository.load('e');
  t.not(await digest(), first);
  t.match(await door.post<Scored>('/v1/models/e/score', { outputs }), { meta_version: 0, metaerr_status: 'cold_start' });

  declare(`${yaml}review_threshold: 0.25\n`);
  await door.app.system.repository.load('e');
  t.equal(await digest(), first);
  t.match(await door.post<Scored>('/v1/models/e/score', { outputs }), { meta_version: champion, metaerr_status: 'ok' });

  declare('source: external\n');
  await t.rejects(door.app.system.repository.load('e'), { message: /outputs: is required for source external/ });
  t.match(await door.post<Scored>('/v1/models/e/score', { outputs }), { meta_version: champion }, 'what served before serves on');
});
