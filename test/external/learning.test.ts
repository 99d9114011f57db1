import t from 'tap';
import { BLOCK, BY_HAND, byInput, byOutput, INPUTS, normalRows, openDoor, retrain, SCORES, stream } from '../support/external-endpoint.js';

interface Report {
  readonly champion: { readonly auroc: number };
  readonly confidence_baseline: { readonly auroc: number };
}

for (const [what, yaml, truth] of [['declared inputs', SCORES + INPUTS, byInput], ['outputs alone', SCORES, byOutput]] as const) {
  t.test(`${what}: score, ground truth, retrain, better scores, report`, async (t) => {
    const door = await openDoor(t, { models: { e: { yaml: yaml + BY_HAND } } });
    const before = await stream(door, 'e', 6, 21, truth);
    t.ok(before.failures > 60, `${before.failures} failures`);
    t.ok(before.replies.every(({ meta_version: version, metaerr_status: status }) => version === 0 && status === 'cold_start'));
    const champion = await retrain(door, 'e');
    t.ok(champion >= 1, 'there is a champion');
    const after = await stream(door, 'e', 4, 22, truth);
    t.ok(after.replies.every(({ meta_version: version, metaerr_status: status }) => version === champion && status === 'ok'));
    const report = await door.get<Report>(`/v1/models/e/report?meta_version=${champion}`);
    t.ok(report.champion.auroc > 0.9, `AUROC ${report.champion.auroc}`);
    t.ok(report.champion.auroc > report.confidence_baseline.auroc + 0.1, `baseline ${report.confidence_baseline.auroc}`);
    const { predictions } = await door.get<{ predictions: readonly { inputs: unknown }[] }>(`/v1/predictions/${after.replies[0]?.prediction_id ?? ''}`);
    t.equal(predictions.length, BLOCK);
    t.same(predictions[0]?.inputs, normalRows(22)(1)[0], 'the raw instance is kept');
  });
}
