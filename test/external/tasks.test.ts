import t from 'tap';
import { BLOCK, BY_HAND, normalRows, openDoor, retrain, type Scored } from '../support/external-endpoint.js';

t.test('regression: the value, its tolerance, and a meta-model of value and inputs', async (t) => {
  const yaml = 'source: external\noutputs: [{ name: y, shape: [-1, 1], datatype: FP64 }]\ninputs: [{ name: X, shape: [-1, 4] }]\ntolerance: { absolute: 0.5 }\n';
  const door = await openDoor(t, { models: { e: { yaml: yaml + BY_HAND } } });
  const score = (instances: readonly (readonly number[])[]) =>
    door.post<Scored>('/v1/models/e/score', { instances, outputs: { y: instances.map((row) => row[1] ?? 0) } });
  const rows = normalRows(51);
  for (let block = 0; block < 5; block++) {
    const instances = rows(BLOCK);
    const reply = await score(instances);
    if (block === 0) t.match(reply.predictions[0], { value: instances[0]?.[1], failure_probability: null, decision: 'review' });
    const items = instances.map((row, index) => ({ prediction_id: reply.prediction_id, row: index, value: (row[1] ?? 0) + ((row[0] ?? 0) > 0.8 ? 1 : 0.1) }));
    await door.post('/v1/ground-truth', { items });
  }
  const champion = await retrain(door, 'e');
  t.ok(champion >= 1);
  const { metaerr_status: status, meta_version: version, predictions } = await score([[2, 0, 0, 0], [-2, 0, 0, 0]]);
  t.match({ status, version }, { status: 'ok', version: champion });
  const [wrong = NaN, right = NaN] = predictions.map(({ failure_probability: score }) => score ?? NaN);
  t.ok(wrong > 0.6 && right < 0.2, `${wrong} and ${right}`);
});

t.test('custom: numbers about an answer, ground truth by `correct`', async (t) => {
  const yaml =
    'source: external\ntask: custom\noutputs: [{ name: answer, shape: [-1], datatype: BYTES }, { name: mean_logprob, shape: [-1] }, { name: tokens, shape: [-1], datatype: INT64 }]\n';
  const door = await openDoor(t, { models: { e: { yaml: yaml + BY_HAND } } });
  const rows = normalRows(61);
  const score = (logprobs: readonly number[], tokens: readonly number[]) =>
    door.post<Scored>('/v1/models/e/score', { instances: logprobs.map((_, row) => ({ prompt: `question ${row}` })), outputs: { mean_logprob: logprobs, tokens } });
  for (let block = 0; block < 5; block++) {
    const numbers = rows(BLOCK);
    const logprobs = numbers.map((row) => -Math.abs(row[0] ?? 0));
    const reply = await score(logprobs, numbers.map((row) => Math.round(20 + 5 * (row[1] ?? 0))));
    if (block === 0) {
      t.match(reply, { metaerr_status: 'cold_start', predictions: [{ failure_probability: null, decision: 'review' }] });
      t.notOk('label' in (reply.predictions[0] ?? {}));
    }
    await door.post('/v1/ground-truth', { items: logprobs.map((logprob, row) => ({ prediction_id: reply.prediction_id, row, correct: logprob > -1 })) });
  }
  const champion = await retrain(door, 'e');
  t.ok(champion >= 1);
  const reply = await score([-2.5, -0.1], [20, 20]);
  t.match(reply, { metaerr_status: 'ok', meta_version: champion });
  const [unsure = NaN, sure = NaN] = reply.predictions.map(({ failure_probability: score }) => score ?? NaN);
  t.ok(unsure > 0.6 && sure < 0.3, `${unsure} and ${sure}`);
});
