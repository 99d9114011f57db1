import { SETS, type SetName } from '../data/sets.js';
import type { MethodPoints, PointResult, Rule, SslResult } from '../run/results.js';
import { COVERAGES } from '../run/coverages.js';

export type Kind = MethodPoints['kind'];

/** The results of one set, seed by seed in the same order for all sets. */
export interface SetResults {
  readonly set: SetName;
  readonly results: readonly SslResult[];
}

/** The sets with all seeds that every set has. Throws where there are none. */
export function setsOf(results: readonly SslResult[]): SetResults[] {
  const there = SETS.filter((set) => results.some(({ unit }) => unit.set === set));
  const seedsOf = (set: SetName): number[] => results.filter(({ unit }) => unit.set === set).map(({ unit }) => unit.seed);
  const common = there.map(seedsOf).reduce<number[] | null>((all, seeds) => (all === null ? seeds : all.filter((seed) => seeds.includes(seed))), null) ?? [];
  if (common.length === 0) throw new Error('the results have no seed that every set has; run the benchmark first');
  const ordered = common.toSorted((a, b) => a - b);
  return there.map((set) => ({ set, results: ordered.map((seed) => results.find(({ unit }) => unit.set === set && unit.seed === seed)!) }));
}

export function methodNames({ results: [first] }: SetResults, ...kinds: readonly Kind[]): string[] {
  return (first?.methods ?? []).filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
}

function methodOf(result: SslResult, name: string): MethodPoints {
  const method = result.methods.find((each) => each.name === name);
  if (method === undefined) throw new Error(`${result.unit.set} seed ${result.unit.seed} has no ${name}`);
  return method;
}

/** A point of a method in each seed; null where it has none. `coverage` tells `equal` points apart. */
export function pointsOf({ results }: SetResults, name: string, rule: Rule, coverage: number | null = null): (PointResult | null)[] {
  return results.map((result) => {
    const own = methodOf(result, name).points.filter((point) => point.rule === rule);
    return (coverage === null ? own[0] : own[COVERAGES.findIndex((each) => each === coverage)]) ?? null;
  });
}

/** A figure of each seed; NaN where there is none. */
export function figures(points: readonly (PointResult | null)[], figure: (point: PointResult) => number | null): number[] {
  return points.map((point) => (point === null ? NaN : (figure(point) ?? NaN)));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the published filters the one with the fewest wrong labels on average at a share, chosen in hindsight. */
export function bestFilter(set: SetResults, coverage: number): string {
  const wrong = (name: string): number => mean(figures(pointsOf(set, name, 'equal', coverage), (point) => point.wrong));
  return methodNames(set, 'published').reduce((best, name) => (wrong(name) < wrong(best) ? name : best));
}
