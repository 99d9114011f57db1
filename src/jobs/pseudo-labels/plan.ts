import type { Balance, PseudoLabelQuery } from './contracts.js';
import type { Cut, Prefixes } from './prefix.js';

/** How many rows each group gives, and where its rows are cut; groups that give none are not in it. */
export type Quotas = ReadonlyMap<string, { readonly count: number; readonly cut: Cut }>;

/** A set's extent from 0 (nothing) to 1 (everything) is looked for on so many steps, then halved as often. */
const STEPS = 512;
const HALVINGS = 50;
/** .29 of 100 rows are 29, whatever floating point makes of the product. */
const ROUNDING = 1 + 1e-12;

type Groups = ReadonlyMap<string, Prefixes>;
type Rule = Pick<PseudoLabelQuery, 'bound' | 'balance' | 'limit'>;

/** Rows of each group at an extent. */
function countsAt(groups: Groups, balance: Balance, extent: number): Map<string, number> {
  const most = Math.max(0, ...[...groups.values()].map(({ rows }) => rows));
  const countOf = ({ rows }: Prefixes): number => (balance === 'equal' ? Math.min(rows, Math.floor(extent * most)) : Math.floor(extent * rows));
  return new Map([...groups].map(([group, prefixes]) => [group, countOf(prefixes)]));
}

const total = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((sum, count) => sum + count, 0);

/** Whether a set is within its bounds. */
function isWithin(groups: Groups, { bound, limit }: Rule, counts: ReadonlyMap<string, number>): boolean {
  const rows = total(counts);
  if (limit !== null && rows > limit) return false;
  if ('coverage' in bound) return rows <= ROUNDING * bound.coverage * total(countsAt(groups, 'none', 1));
  let sum = 0;
  for (const [group, prefixes] of groups) sum += prefixes.mostSum(counts.get(group) ?? 0);
  return sum <= ROUNDING * bound.maxRisk * rows;
}

/**
 * The largest set within its bounds. Wider sets are riskier but for `equal`, where a class that is used up and a safe one that goes on can make
 * them safer again; so the widest step that is within the bounds is looked for first.
 */
export function planQuotas(groups: Groups, rule: Rule): Quotas {
  const within = (extent: number): boolean => isWithin(groups, rule, countsAt(groups, rule.balance, extent));
  let low = 1;
  while (low > 0 && !within(low)) low -= 1 / STEPS;
  let high = Math.min(1, low + 1 / STEPS);
  for (let i = 0; i < HALVINGS && high > low; i++) {
    const middle = (low + high) / 2;
    if (within(middle)) low = middle;
    else high = middle;
  }
  const counts = countsAt(groups, rule.balance, Math.max(0, low));
  return new Map([...groups].flatMap(([group, prefixes]) => {
    const count = counts.get(group) ?? 0;
    return count === 0 ? [] : [[group, { count, cut: prefixes.cut(count) }]];
  }));
}
