import t from 'tap';
import { scaledSplit } from '../../bench/ssl/data/scaled.js';
import { splitSet } from '../../bench/ssl/data/sets.js';
import type { FilterInput } from '../../bench/ssl/filters/filter.js';
import { metaErrAsServed } from '../../bench/ssl/metaerr/as-served.js';
import { consensusOpinion } from '../../bench/ssl/metaerr/consensus.js';
import { meanOutputs } from '../../bench/ssl/metaerr/mean-outputs.js';
import { PARTS, poolParts } from '../../bench/ssl/metaerr/pool-parts.js';
import { filterInput } from '../../bench/ssl/run/filter-input.js';
import { inService } from '../../bench/ssl/service/in-service.js';
import { servicePoints } from '../../bench/ssl/service/service-points.js';
import { trainTeachers, type Division, type NetLogs } from '../../bench/ssl/teacher/teachers.js';

const SEED = 11;
const split = splitSet('digits', SEED);
const teachers = await trainTeachers(split, SEED);
const scaled = await scaledSplit('digits', split);
const { input } = filterInput(scaled, teachers, SEED);
/** One division is enough, and takes a third of the time. */
const one: FilterInput = { ...input, teachers: { ...teachers, divisions: teachers.divisions.slice(0, 1) } };
const ROW = 123;
const [CLASSES, ROWS] = [input.pool.classes, input.pool.rows];

/** The outputs of a net with those of one unlabelled row turned around: the least likely class is the likeliest. */
function turned(net: NetLogs, row: number): NetLogs {
  const features = net.unlabelled.features.slice();
  const { width, inputWidth } = net.unlabelled;
  features.subarray(row * width + inputWidth, (row + 1) * width).reverse();
  const scores = net.unlabelled.scores.slice();
  scores.subarray(row * CLASSES, (row + 1) * CLASSES).reverse();
  return { ...net, unlabelled: { ...net.unlabelled, features, scores } };
}

function turnedDivision({ folds, nets }: Division, row: number): Division {
  return { folds, nets: nets.map((net) => turned(net, row)) };
}

const changed = (before: Float64Array, after: Float64Array): number[] => [...before.keys()].filter((at) => before[at] !== after[at]);

t.test('parts: every row in one, of equal size, another division for another seed', (t) => {
  const parts = poolParts(1001, 2, 5);
  t.same(parts.map(({ length }) => length), [501, 500]);
  t.same(parts.flatMap((part) => [...part]).sort((a, b) => a - b), Array.from({ length: 1001 }, (_, row) => row));
  t.ok(parts.every((part) => part.every((row, at) => at === 0 || row > part[at - 1]!)));
  t.same(poolParts(1001, 2, 5), parts);
  t.notSame(poolParts(1001, 2, 6), parts);
  t.end();
});

t.test('mean outputs: the logarithm of the mean probability, the inputs as they are', (t) => {
  const net = (probabilities: readonly number[]) => ({ rows: 1, width: 4, inputWidth: 2, classes: 2, features: Float32Array.of(7, 8, ...probabilities.map(Math.log)) });
  const mean = meanOutputs([net([0.9, 0.1]), net([0.5, 0.5])] as unknown as Parameters<typeof meanOutputs>[0]);
  t.same(Array.from(mean, (value) => Number(value.toFixed(5))), [7, 8, Number(Math.log(0.7).toFixed(5)), Number(Math.log(0.3).toFixed(5))]);
  t.throws(() => meanOutputs([]), RangeError);
  t.end();
});

t.test('as served: no row has a share in the meta-model that scores it', async (t) => {
  const before = await metaErrAsServed.score(one);
  const [division] = one.teachers.divisions;
  const after = await metaErrAsServed.score({ ...one, teachers: { ...one.teachers, divisions: [turnedDivision(division!, ROW)] } });
  t.equal(before.pool.length, ROWS);
  t.ok([...before.pool, ...before.budget].every((score) => score > 0 && score < 1));
  const own = poolParts(ROWS, PARTS, SEED).find((part) => part.includes(ROW))!;
  const rows = changed(before.pool, after.pool);
  t.ok(rows.length > 0, 'the other half learns from it');
  t.notOk(rows.some((row) => own.includes(row)), 'its own half does not');
});

t.test('the consensus: no row has a share in what it is told, nor has a label of the fold in question', async (t) => {
  const [division] = teachers.divisions;
  const before = await consensusOpinion(input, division!, 0);
  for (const values of [before.budget, before.pool]) {
    for (let at = 0; at < values.length; at += CLASSES) t.ok(Math.abs(values.subarray(at, at + CLASSES).reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
  }
  const own = poolParts(ROWS, PARTS, SEED).find((part) => part.includes(ROW))!;
  const turnedRow = await consensusOpinion(input, turnedDivision(division!, ROW), 0);
  const rows = changed(before.pool, turnedRow.pool).map((at) => Math.floor(at / CLASSES));
  t.ok(rows.length > 0);
  t.notOk(rows.some((row) => own.includes(row)));

  const truths = input.labelled.truths.slice();
  truths[3] = (truths[3]! + 1) % CLASSES;
  const relabelled = await consensusOpinion({ ...input, labelled: { ...input.labelled, truths } }, division!, 0);
  const folds = new Set(changed(before.budget, relabelled.budget).map((at) => division!.folds[Math.floor(at / CLASSES)]));
  t.notOk(folds.has(division!.folds[3]), 'the fold of a label is judged without it');
  t.equal(folds.size, 4, 'all others learn from it');
});

t.test('in a service: every unlabelled row has a score, and the labels are those of the net of all labelled rows', async (t) => {
  const service = await inService(split, SEED);
  t.strictSame(service.labels, input.pool.labels);
  t.equal(service.scores.length, 3);
  for (const { name, scores } of service.scores) t.ok(scores.length === ROWS && scores.every((score) => score >= 0 && score <= 1), name);
  const { failures, methods } = servicePoints(service, split.unlabelled.truths);
  t.ok(failures > 0 && failures < split.labelled.rows);
  const [confidence, , served] = methods;
  t.ok(served!.points[3]!.wrong < confidence!.points[3]!.wrong, 'ground truths tell more than confidence');
});
