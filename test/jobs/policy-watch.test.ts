import t, { type Test } from 'tap';
import { MetaErrError } from '../../src/core/errors.js';
import type { RiskPolicy } from '../../src/inference/contracts.js';
import { DecisionThresholds } from '../../src/inference/decision-thresholds.js';
import { createPolicyWatch } from '../../src/jobs/policy/policy-watch.js';
import { calibrationTable } from '../../src/meta/policy/calibration-table.js';
import { newModel } from '../contract/meta-registry-contract.js';
import { catalogueOf } from '../support/jobs-model.js';
import { turns } from '../support/manual-clock.js';
import type { Answer } from '../support/report-ledger.js';
import { openWatched } from '../support/watched-model.js';

const ROUND = 30_000;
const MINUTE = 60_000;
const RISK: RiskPolicy = { target_risk: 0.05, confidence: 0.9 };

/** A watch over one loaded model, on a real ledger and registry that can be made to fail. */
function open(t: Test, policy: RiskPolicy | null = RISK) {
  const { clock, logger, metrics, ledger: counting, registry, model, write, reads } = openWatched(t, { risk_policy: policy });
  const faults: unknown[] = [];
  const ledger: typeof counting = {
    ...counting,
    async labelSequence(key) {
      if (faults.length > 0) throw faults.shift();
      return counting.labelSequence(key);
    },
  };
  const thresholds = new DecisionThresholds();
  const watch = createPolicyWatch({ ledger, registry, catalogue: catalogueOf([model]), thresholds, clock, metrics, logger });
  t.teardown(() => watch.close());
  const limits = thresholds.of(model);
  const quiet = () => turns(40);
  const answer = (answers: readonly Partial<Answer>[]) => {
    const complete = answers.map((each): Answer => ({ failureProbability: 0.01, coldStart: 0.01, failed: false, metaVersion: 0, createdAt: clock.now(), ...each }));
    return write(complete);
  };
  const gauge = async () => (await metrics.decisionThreshold.get()).values.map(({ value }) => value);
  const promote = async (calibrated: boolean) => {
    const training = { rows: 300, failures: 15, from: 0, to: 1, seed: 1 };
    const scores = Float64Array.from({ length: 300 }, (_, row) => row / 1_000);
    const calibration = calibrationTable(scores, Uint8Array.from(scores, (score) => (score > 0.28 ? 1 : 0)));
    const version = await registry.add(newModel({ key: model.key, createdAt: clock.now(), training: calibrated ? { ...training, calibration } : training }));
    await registry.promote(model.key, version, (await registry.champion(model.key))?.version ?? null, clock.now());
    return version;
  };
  return { watch, model, clock, logger, limits, thresholds, quiet, answer, promote, gauge, faults, registry, reads };
}

/** Sure rows that succeed, and doubtful ones that fail. */
const good = (rows: number): Partial<Answer>[] => Array.from({ length: rows }, (_, row) => ({ failureProbability: 0.001 * (1 + (row % 20)) }));
const bad = (rows: number): Partial<Answer>[] => Array.from({ length: rows }, () => ({ failureProbability: 0.9, failed: true }));

t.test('cold start: nothing is accepted until its own rows say what can be', async (t) => {
  const { watch, limits, quiet, answer, clock, gauge } = open(t);
  watch.start();
  await quiet();
  t.equal(limits.limitOf(0), -1);
  t.match(await watch.view('m'), { calibration: { threshold: null, basis: 'none', rows: 0, moreLabels: 45, soFar: { labelled: 0, accepted: 0, failures: 0 } } });
  t.same(await gauge(), []);
  await answer([...good(200), ...bad(40)]);
  clock.advance(ROUND);
  await quiet();
  const limit = limits.limitOf(0);
  t.equal(limit, 0.02);
  t.same(await gauge(), [limit]);
  t.match(await watch.view('m'), { policy: RISK, calibration: { threshold: limit, basis: 'served', rows: 240, failures: 40, servedRows: 240, accepted: 200, acceptedFailures: 0, moreLabels: 0, soFar: { labelled: 240, accepted: 240, failures: 40 } } });
  t.equal(limits.limitOf(1), -1, 'it is that of one version');
});

t.test('rows count that a meta-model answered before it was made, by the clock of the host that made it', async (t) => {
  const { watch, model, answer, clock, registry } = open(t);
  const version = await registry.add(newModel({ key: model.key, createdAt: clock.now() + 60 * MINUTE, training: { rows: 300, failures: 15, from: 0, to: 1, seed: 1 } }));
  await registry.promote(model.key, version, null, clock.now());
  model.meta = { version, labelFree: false, session: `meta-${version}` };
  await answer([...good(200), ...bad(40)].map((each) => ({ ...each, metaVersion: version })));
  t.match(await watch.view('m'), { calibration: { metaVersion: version, basis: 'served', rows: 240, soFar: { labelled: 240, accepted: 240, failures: 40 } } });
});

t.test('it reads the ledger when labels have come or a minute has passed, and at most every 30 s', async (t) => {
  const { watch, quiet, answer, clock, reads } = open(t);
  watch.start();
  await quiet();
  t.equal(reads(), 1);
  await answer(good(10));
  watch.look();
  await quiet();
  clock.advance(ROUND - 1);
  await quiet();
  t.equal(reads(), 1);
  clock.advance(1);
  await quiet();
  t.equal(reads(), 2);
  clock.advance(ROUND);
  await quiet();
  t.equal(reads(), 2, 'no label has come');
  clock.advance(ROUND);
  await quiet();
  t.equal(reads(), 3, 'a minute has passed');
});

t.test('a champion comes with a threshold from its training, before it serves; then its own rows join', async (t) => {
  const { watch, model, limits, quiet, answer, clock, promote } = open(t);
  watch.start();
  await quiet();
  const version = await promote(true);
  await quiet();
  const first = limits.limitOf(version);
  t.ok(first > 0.28 && first < 0.29, `${first} before it serves`);
  model.meta = { version, labelFree: false, session: 's' };
  t.match(await watch.view('m'), { calibration: { metaVersion: version, basis: 'training', rows: 300, failures: 19, servedRows: 0 } });
  await answer([...good(100), ...bad(10)].map((each) => ({ ...each, metaVersion: version })));
  await answer(bad(50).map((each) => ({ ...each, failureProbability: 0 })));
  clock.advance(ROUND);
  await quiet();
  t.match(await watch.view('m'), { calibration: { basis: 'served_and_training', rows: 410, failures: 29, servedRows: 110 } }, 'rows of version 0 are not its own');
});

t.test('a record of before the policy has no rows: its own have to come first', async (t) => {
  const { watch, limits, quiet, promote, answer, model, clock } = open(t);
  const version = await promote(false);
  model.meta = { version, labelFree: false, session: 's' };
  watch.start();
  await quiet();
  t.equal(limits.limitOf(version), -1);
  await answer(good(100).map((each) => ({ ...each, metaVersion: version })));
  clock.advance(ROUND);
  await quiet();
  t.equal(limits.limitOf(version), 0.02);
});

t.test('while the store is away the last one stays, also for the page; then it goes on', async (t) => {
  const { watch, limits, quiet, answer, clock, faults, logger } = open(t);
  const away = () => new MetaErrError('LEDGER_UNAVAILABLE', 'away');
  faults.push(away());
  await t.rejects(watch.view('m'), { code: 'LEDGER_UNAVAILABLE' }, 'nothing is known yet');
  await answer(good(100));
  watch.start();
  await quiet();
  t.equal(limits.limitOf(0), 0.02);
  await answer(bad(100).map((each) => ({ ...each, failureProbability: 0.005 })));
  faults.push(away(), away());
  clock.advance(ROUND);
  await quiet();
  t.equal(limits.limitOf(0), 0.02);
  t.match(await watch.view('m'), { calibration: { threshold: 0.02 } });
  t.match(logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message), ['decision threshold could not be computed, the last one stays']);
  clock.advance(1_000);
  await quiet();
  t.equal(limits.limitOf(0), -1, 'what the labels say now: nothing reaches the risk');
  t.match(await watch.view('m'), { calibration: { threshold: null } });
});

t.test('a version that is asked for and unknown is looked at; a reload with another policy begins anew', async (t) => {
  const { watch, limits, quiet, answer, model, thresholds } = open(t);
  watch.start();
  await answer(good(100));
  await quiet();
  t.equal(limits.limitOf(0), 0.02);
  const other = { ...model, config: { ...model.config, risk_policy: { target_risk: 0.02, confidence: 0.9 } } };
  Object.assign(model, other);
  const reloaded = thresholds.of(model);
  t.equal(reloaded.limitOf(0), -1);
  await quiet();
  t.equal(reloaded.limitOf(0), -1, '100 rows cannot show 2 %');
  t.equal(limits.limitOf(0), 0.02);
});

t.test('a review budget needs predictions, not labels', async (t) => {
  const { watch, limits, quiet, answer, clock } = open(t, { review_budget: 0.1 });
  watch.start();
  await answer(Array.from({ length: 60 }, (_, row) => ({ failureProbability: row / 200, failed: null })));
  await quiet();
  t.equal(limits.limitOf(0), -1);
  t.match(await watch.view('m'), { calibration: { threshold: null, morePredictions: 40, moreLabels: null } });
  await answer(Array.from({ length: 140 }, (_, row) => ({ failureProbability: (60 + row) / 200, failed: null })));
  clock.advance(ROUND);
  await quiet();
  t.equal(limits.limitOf(0), 179 / 200);
  t.match(await watch.view('m'), { calibration: { basis: 'served', rows: 200, accepted: 180, coverage: 0.9 } });
});

t.test('a champion\'s budget comes from its training until it has answered enough', async (t) => {
  const { watch, limits, quiet, promote } = open(t, { review_budget: 0.1 });
  watch.start();
  const version = await promote(true);
  await quiet();
  const limit = limits.limitOf(version);
  t.ok(limit >= 0.269 && limit < 0.271, String(limit));
});

t.test('without a policy the fixed threshold decides, and the page tells how it went', async (t) => {
  const { watch, limits, quiet, answer, reads, gauge } = open(t, null);
  watch.start();
  await quiet();
  t.equal(limits.limitOf(7), 0.5);
  t.equal(reads(), 0);
  t.same(await gauge(), [0.5]);
  await answer([...good(3), ...bad(1)]);
  t.match(await watch.view('m'), { policy: null, calibration: { threshold: 0.5, basis: 'none', soFar: { labelled: 4, accepted: 4, failures: 1 } } });
});

t.test('nothing begins after close', async (t) => {
  const { watch, quiet, clock, reads, promote } = open(t);
  watch.start();
  await quiet();
  const before = reads();
  await watch.close();
  await promote(true);
  clock.advance(2 * MINUTE);
  await quiet();
  t.equal(reads(), before);
  t.equal(clock.timers, 0);
});
