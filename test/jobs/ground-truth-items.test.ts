import t from 'tap';
import { normalizeGroundTruth } from '../../src/jobs/ground-truth-items.js';
import { catalogueOf, loadedModel } from '../support/jobs-model.js';
import { keyOf, newId } from '../support/jobs-predictions.js';

function labelOf(label: string | number | boolean, labels: readonly string[]) {
  const model = loadedModel();
  return normalizeGroundTruth({ prediction_id: newId('m', 0), row: 0, label }, catalogueOf([{ ...model, config: { ...model.config, labels } }]), 0);
}

t.test('a boolean is the class 1 or 0 of a model that has these two classes', async (t) => {
  t.match(labelOf(true, ['0', '1']), { kind: 'label', value: '1' });
  t.match(labelOf(false, ['0', '1']), { kind: 'label', value: '0' });
  t.match(labelOf('true', ['0', '1']), { value: 'true' }, 'a text is what it says');
  t.match(labelOf(true, ['false', 'true']), { value: 'true' });
  t.match(labelOf(true, ['0', '1', '2']), { value: 'true' });
});

t.test('a boolean of a model that is not loaded is refused, for its classes are not known; a text needs none', async (t) => {
  const catalogue = catalogueOf([], ['m']);
  const item = { prediction_id: newId('m', 0), row: 0 };
  t.throws(() => normalizeGroundTruth({ ...item, label: true }, catalogue, 0), { code: 'MODEL_UNAVAILABLE' });
  t.match(normalizeGroundTruth({ ...item, label: 'a' }, catalogue, 0), { value: 'a' });
  t.match(normalizeGroundTruth({ ...item, correct: true }, catalogue, 0), { kind: 'correct' });
});

t.test('a model that only has the same tag is not the one that is named', async (t) => {
  const catalogue = catalogueOf([loadedModel()]);
  const other = { ...catalogue, byTag: () => catalogue.get('m') };
  t.equal(normalizeGroundTruth({ model: 'namesake', id: 'x', label: 'a' }, other, 0), 'unknown_model');
  t.match(normalizeGroundTruth({ model: 'm', id: 'x', label: 'a' }, other, 0), { id: keyOf('m', 'x') });
});

t.test('how a row was chosen is kept where it is said, and must be a probability', async (t) => {
  const catalogue = catalogueOf([loadedModel()]);
  const chosen = (probability: number | null) =>
    normalizeGroundTruth({ prediction_id: newId('m', 0), row: 0, label: 'a', ...(probability === null ? {} : { selection: { probability } }) }, catalogue, 0);
  t.match(chosen(null), { choice: 0 });
  t.match(chosen(1), { choice: 65_535 });
  t.match(chosen(0.02), { choice: 1311 });
  for (const wrong of [0, -0.1, 1.01, NaN]) t.equal(chosen(wrong), 'malformed_selection_probability');
});
