import t from 'tap';
import { profileOf } from '../../src/jobs/model-profiles.js';
import { readWindow } from '../../src/jobs/read-window.js';
import { taskOf } from '../../src/jobs/retrain-task.js';
import { joinFeatures } from '../../src/meta/fit/unlabelled.js';
import { sliceWindow } from '../../src/meta/fit/window-slice.js';
import { loadedModel } from '../support/jobs-model.js';

await t.test('what is known of the input features of a model comes from its layout to the rows of a fit', async (t) => {
  const knowledge = { mirror: [2, 1], series: [{ start: 0, middle: 1, end: 2 }] };
  const model = loadedModel({});
  const layout = { ...model.features.layout, ...knowledge };
  // As another process reads it from the store.
  const profile = JSON.parse(JSON.stringify(profileOf({ ...model, features: { ...model.features, layout } }))) as ReturnType<typeof profileOf>;
  t.match(profile.layout, knowledge);
  const task = taskOf({ kind: 'sqlite', dataDir: 'unused' }, profile, { incumbent: null, attempt: 1, now: 0, byHand: true });
  t.match(task, knowledge);
  const none = async function* () {
    yield* await Promise.resolve([]);
  };
  const window = await readWindow(none(), task, () => undefined);
  t.match(window, knowledge);
  t.match(sliceWindow(window, 0, 0), knowledge);
  t.match(joinFeatures(window, { rows: 0, features: new Float32Array(0) }), knowledge);
  t.notOk('series' in profileOf(model).layout);
});
