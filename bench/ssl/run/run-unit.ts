import { Stopwatch } from '../../quality/grid/stopwatch.js';
import { scaledSplit, type ScaledSplit } from '../data/scaled.js';
import { splitSet } from '../data/sets.js';
import { FILTERS } from '../filters/all.js';
import type { Filter, FilterScores } from '../filters/filter.js';
import { inService } from '../service/in-service.js';
import { servicePoints } from '../service/service-points.js';
import { chooseThreshold } from '../students/choose-threshold.js';
import { runCurriculum, type Cycle } from '../students/curriculum.js';
import { least, upTo, wrongIn, type Selection } from '../students/selection.js';
import { trainStudents } from '../students/train-students.js';
import { trainTeachers } from '../teacher/teachers.js';
import { COVERAGES, WITH_STUDENTS } from './coverages.js';
import { filterInput } from './filter-input.js';
import type { MethodPoints, Rule, SslResult, SslUnit } from './results.js';

const RANKS = 20;
/** Students a selection, with other initial weights: what a start contributes is no merit of a filter. */
const STARTS = 2;

interface Point {
  readonly rule: Rule;
  readonly selection: Selection;
  readonly withStudent: boolean;
}

/** A method before its students are trained. */
interface Planned {
  readonly name: string;
  readonly kind: MethodPoints['kind'];
  readonly points: readonly Point[];
  readonly wrongByRank: readonly number[];
  readonly expected: readonly number[];
}

interface Context {
  readonly labels: Int32Array;
  readonly truths: Int32Array;
  readonly failures: Uint8Array;
  readonly classes: number;
}

function wrongByRank(scores: Float64Array, { labels, truths }: Context): number[] {
  return Array.from({ length: RANKS }, (_, at) => wrongIn({ rows: least(scores, Math.round(((at + 1) / RANKS) * labels.length)), labels }, truths));
}

function planFilter({ name, kind }: Filter, scores: FilterScores, context: Context): Planned {
  const { labels, failures, classes } = context;
  const { pool, published } = scores;
  const point = (rule: Rule, rows: Int32Array, withStudent: boolean): Point => ({ rule, withStudent, selection: { rows, labels } });
  const equal = COVERAGES.map((share) => point('equal', least(pool, Math.round(share * labels.length)), kind !== 'part' && WITH_STUDENTS.includes(share)));
  const chosen = point('chosen', upTo(pool, chooseThreshold({ scores, failures, classes })), true);
  const own = published === null ? [] : [point('published', upTo(pool, published), true)];
  const expected = kind !== 'metaerr' ? [] : equal.map(({ selection: { rows } }) => rows.reduce((sum, row) => sum + pool[row]!, 0) / rows.length);
  return { name, kind, points: [...equal, chosen, ...own], wrongByRank: wrongByRank(pool, context), expected };
}

function anchors({ labels, truths }: Context): Planned[] {
  const all = Int32Array.from(labels.keys());
  const anchor = (name: string, rows: Int32Array, given: Int32Array): Planned => ({
    name, kind: 'anchor', wrongByRank: [], expected: [], points: [{ rule: 'published', withStudent: true, selection: { rows, labels: given } }],
  });
  return [
    anchor('labels only', new Int32Array(0), labels),
    anchor('all pseudo-labels', all, labels),
    anchor('oracle filter', all.filter((row) => labels[row] === truths[row]), labels),
    anchor('fully supervised', all, truths),
  ];
}

/** The accuracies of all students that are wanted, in the order of the points. */
async function accuracies(inputs: ScaledSplit, planned: readonly Planned[], seed: number): Promise<(number | null)[]> {
  const points = planned.flatMap(({ points: own }) => own);
  const wanted = points.filter(({ withStudent }) => withStudent).map(({ selection }) => selection);
  const sums = new Float64Array(wanted.length);
  for (let start = 0; start < STARTS; start++) {
    (await trainStudents(inputs, wanted, seed * STARTS + start)).forEach(({ accuracy }, at) => (sums[at]! += accuracy / STARTS));
  }
  let at = 0;
  return points.map(({ withStudent }) => (withStudent ? sums[at++]! : null));
}

/** The curriculum's cycles stand for its shares; of its two courses the labels of the first are counted and the accuracy is the mean. */
function curriculumPoints(courses: readonly (readonly Cycle[])[], truths: Int32Array, chosenShare: number): MethodPoints {
  const cycles = courses[0]!.map(({ share, selection }, at) => ({
    share,
    coverage: selection.rows.length / truths.length,
    selected: selection.rows.length,
    wrong: wrongIn(selection, truths),
    accuracy: courses.reduce((sum, course) => sum + course[at]!.student.accuracy / courses.length, 0),
  }));
  const nearest = cycles.reduce((best, cycle) => (Math.abs(cycle.share - chosenShare) < Math.abs(best.share - chosenShare) ? cycle : best));
  const result = (rule: Rule, { share: _, ...figures }: (typeof cycles)[number]) => ({ rule, ...figures });
  const points = [...cycles.slice(0, -1).map((cycle) => result('equal', cycle)), result('chosen', nearest), result('published', cycles.at(-1)!)];
  return { name: 'curriculum', kind: 'published', points, wrongByRank: [], expected: [] };
}

/** Runs one seed of one set. */
export async function runSslUnit(unit: SslUnit): Promise<SslResult> {
  const watch = new Stopwatch();
  const split = splitSet(unit.set, unit.seed);
  const { labelled, unlabelled, test } = split;
  const teachers = await watch.time('nets of the budget', () => trainTeachers(split, unit.seed));
  const inputs = await scaledSplit(unit.set, split);
  const { input, failures } = filterInput(inputs, teachers, unit.seed);
  const context = { labels: input.pool.labels, truths: unlabelled.truths, failures, classes: inputs.classes };
  const planned: Planned[] = [];
  for (const filter of FILTERS) planned.push(planFilter(filter, await watch.time(filter.name, () => filter.score(input)), context));
  planned.push(...anchors(context));
  const reached = await watch.time('students', () => accuracies(inputs, planned, unit.seed));
  const courses: (readonly Cycle[])[] = [];
  for (let start = 0; start < STARTS; start++) courses.push(await watch.time('curriculum', () => runCurriculum(inputs, input.pool, unit.seed * STARTS + start)));
  const service = servicePoints(await watch.time('in a service', () => inService(split, unit.seed)), unlabelled.truths);
  const confidence = planned[0]!.points.find(({ rule }) => rule === 'chosen')!;
  let at = 0;
  const methods = planned.map(({ points, ...method }): MethodPoints => ({
    ...method,
    points: points.map(({ rule, selection }) => ({
      rule,
      coverage: selection.rows.length / unlabelled.rows,
      selected: selection.rows.length,
      wrong: wrongIn(selection, unlabelled.truths),
      accuracy: reached[at++] ?? null,
    })),
  }));
  const wrongShare = wrongIn({ rows: Int32Array.from(context.labels.keys()), labels: context.labels }, unlabelled.truths) / unlabelled.rows;
  return {
    unit, wrongShare,
    labelled: labelled.rows, unlabelled: unlabelled.rows, test: test.rows,
    failures: failures.reduce((sum, failure) => sum + failure, 0),
    methods: [...methods, curriculumPoints(courses, unlabelled.truths, confidence.selection.rows.length / unlabelled.rows)],
    service,
    seconds: watch.seconds,
  };
}
