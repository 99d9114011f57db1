import t, { type Test } from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import type { LoadedModel, ModelCatalogue } from '../../src/inference/contracts.js';
import type { ModelProfile } from '../../src/jobs/model-profiles.js';
import { createProfilePublisher } from '../../src/jobs/profile-publisher.js';
import { ManualClock } from '../support/manual-clock.js';
import { catalogueOf, loadedModel } from '../support/jobs-model.js';
import { recordingLogger } from '../support/recording-logger.js';

const ROUND = 30_000;

/** A publisher over models that come and go, into a store that can be away. */
function open(t: Test, ...first: LoadedModel[]) {
  const clock = new ManualClock();
  const logger = recordingLogger();
  const models = [...first];
  const published: string[] = [];
  let away = false;
  const profiles = {
    async publish({ key, tag }: ModelProfile) {
      if (away) throw new MetaErrError('STORE_UNAVAILABLE', 'Redis is away');
      published.push(`${key.model}/${key.version} ${tag.length}`);
    },
  };
  const catalogue: ModelCatalogue = { ...catalogueOf([]), list: () => catalogueOf(models, ['broken']).list() };
  const publisher = createProfilePublisher({ catalogue, profiles, clock, logger });
  t.teardown(() => publisher.close());
  const nextRound = async () => {
    await clock.timerSet();
    clock.advance(ROUND);
    await clock.timerSet();
  };
  return { clock, logger, models, published, publisher, nextRound, away: (is: boolean) => (away = is) };
}

await t.test('publishes every loaded model at once and in every round, also one that came later', async (t) => {
  const { clock, models, published, publisher, nextRound } = open(t, loadedModel({ key: { model: 'a' } }), loadedModel({ key: { model: 'b', version: 3 } }));
  publisher.start();
  await clock.timerSet();
  t.same(published, ['a/1 6', 'b/3 6']);
  models.push(loadedModel({ key: { model: 'c' } }));
  await nextRound();
  t.same(published.slice(2), ['a/1 6', 'b/3 6', 'c/1 6']);
});

await t.test('a store that is away is told of them in a later round', async (t) => {
  const { clock, logger, published, publisher, nextRound, away } = open(t, loadedModel());
  away(true);
  publisher.start();
  await clock.timerSet();
  await nextRound();
  t.same(published, []);
  t.same(logger.lines.map(({ level }) => level), ['warn', 'warn']);
  away(false);
  await nextRound();
  t.same(published, ['m/1 6']);
});

await t.test('publishes one model on demand, and says when that fails', async (t) => {
  const { published, publisher, away } = open(t, loadedModel());
  await publisher.publish('m', 1);
  t.same(published, ['m/1 6']);
  await publisher.publish('m', 2);
  await publisher.publish('broken', 1);
  t.equal(published.length, 1, 'nothing is known of what is not loaded');
  away(true);
  await t.rejects(publisher.publish('m', 1), { code: 'STORE_UNAVAILABLE' });
});

await t.test('after close nothing is published', async (t) => {
  const { clock, published, publisher } = open(t, loadedModel());
  publisher.start();
  await publisher.close();
  const before = published.length;
  t.equal(clock.timers, 0);
  clock.advance(10 * ROUND);
  t.equal(published.length, before);
});
