import t from 'tap';
import { answersOf, BY_HAND, byInput, INPUTS, normalRows, openDoor, retrain, SCORES, stream, type Scored } from '../support/external-endpoint.js';

t.test('rows without their instances are a cold start, also beside a champion and in one batch with complete rows', async (t) => {
  const door = await openDoor(t, { models: { e: { yaml: `${SCORES}${INPUTS}${BY_HAND}batching: { max_delay_microseconds: 20000 }\n` } } });
  await stream(door, 'e', 5, 41, byInput);
  const champion = await retrain(door, 'e');
  const { instances, outputs } = answersOf(normalRows(42)(3));
  const trace = ['x', 'y', 'z'];
  const bodies = [{ outputs }, { instances, outputs }, { outputs: { ...outputs, trace } }, { instances, outputs: { ...outputs, trace } }];
  const alone = [];
  for (const body of bodies) alone.push(await door.post<Scored>('/v1/models/e/score', body));
  const together = await Promise.all(bodies.map((body) => door.post<Scored>('/v1/models/e/score', body)));
  const answers = (replies: readonly Scored[]) => replies.map(({ prediction_id: _id, ...others }) => others);
  t.same(answers(together), answers(alone));
  t.match(alone.map(({ metaerr_status: status }) => status), ['cold_start', 'ok', 'cold_start', 'ok']);
  t.match(alone[1], { meta_version: champion });
  for (const reply of [alone[0], alone[2]]) {
    t.equal(reply?.meta_version, 0);
    for (const { confidence = NaN, failure_probability: score } of reply?.predictions ?? []) t.ok(Math.abs((score ?? NaN) - (1 - confidence)) < 1e-6);
  }
  t.same(alone[2]?.predictions.map(({ outputs }) => outputs?.['trace']), trace);
  t.same(Object.keys(alone[1]?.predictions[0]?.outputs ?? {}), ['probabilities']);
});
