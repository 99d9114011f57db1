import t from 'tap';
import { BLOCK, BY_HAND, byInput, INPUTS, normalRows, openDoor, retrain, SCORES, type Scored } from '../support/external-endpoint.js';
import { linearClassifier } from '../support/http-models.js';

t.test('the same rows through a model that runs here and through its external twin', async (t) => {
  const twin = SCORES.replace('trace', 'unused') + INPUTS + BY_HAND;
  const door = await openDoor(t, { models: { e: { yaml: twin }, m: { onnx: linearClassifier(), yaml: BY_HAND } } });
  const rows = normalRows(31);
  type Both = { readonly here: Scored; readonly there: Scored; readonly instances: readonly (readonly number[])[] };
  const both = async (count: number): Promise<Both> => {
    const instances = rows(count);
    const here = await door.post<Scored>('/v1/models/m/predict', { instances });
    const probabilities = here.predictions.map(({ outputs }) => outputs?.['probabilities']);
    return { instances, here, there: await door.post<Scored>('/v1/models/e/score', { instances, outputs: { probabilities } }) };
  };
  const compare = ({ here, there }: Both, text: string) => {
    const answers = (reply: Scored) => reply.predictions.map(({ row, label, confidence, failure_probability: p, decision }) => ({ row, label, confidence, p, decision }));
    t.same(answers(there), answers(here), text);
    t.equal(there.metaerr_status, here.metaerr_status);
  };
  for (let block = 0; block < 5; block++) {
    const pair = await both(BLOCK);
    compare(pair, 'cold');
    for (const reply of [pair.here, pair.there]) {
      const items = reply.predictions.map(({ label = '' }, row) => ({ prediction_id: reply.prediction_id, row, label: byInput(pair.instances[row] ?? [], label) }));
      await door.post('/v1/ground-truth', { items });
    }
  }
  t.ok((await retrain(door, 'm')) >= 1);
  t.ok((await retrain(door, 'e')) >= 1);
  const trained = await both(BLOCK);
  t.equal(trained.there.metaerr_status, 'ok');
  compare(trained, 'after training on equal labels');
});
