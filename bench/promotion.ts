import { firstBetter, fourFifths, spending, unspent, type PromotionWorld } from '../test/support/promotion-worlds.js';

/**
 * How often a challenger that is no better is called better in repeated tries, and how soon a better one is, by the rule of the service and by
 * others on the same rows. `node dist/bench/promotion.js [runs=200]`; docs/decisions/0013-promotion-that-can-be-trusted.md has the figures.
 */
const runs = Number(process.argv[2] ?? 200);
const RULES = { 'alpha spending': spending, 'alpha at every try': unspent, 'decision 4': fourFifths };

const base: PromotionWorld = { mean: -2, champion: 0.8, challenger: 0.8, rows: 100, window: 300, tries: 20 };
const WORLDS: readonly (readonly [string, PromotionWorld])[] = [
  ['equally good, 19 % fail, 300 rows judge', base],
  ['equally good, 6 % fail, 900 rows judge', { ...base, mean: -3.6, rows: 300, window: 900, tries: 10 }],
  ['better (noise .6)', { ...base, challenger: 0.6 }],
  ['clearly better (noise .4)', { ...base, challenger: 0.4 }],
  ['much better (noise .2)', { ...base, challenger: 0.2 }],
  ['a little worse (noise .9)', { ...base, challenger: 0.9 }],
];

for (const [name, world] of WORLDS) {
  const outcomes = Array.from({ length: runs }, (_, run) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${name}: ${run} of ${runs}   `);
    return firstBetter(world, 1 + run, Object.values(RULES));
  });
  Object.keys(RULES).forEach((rule, i) => {
    const tries = outcomes.flatMap((first) => first[i] ?? []).sort((a, b) => a - b);
    const share = (100 * tries.length) / runs;
    const error = 100 * Math.sqrt(((tries.length / runs) * (1 - tries.length / runs)) / runs);
    console.log(`| ${name} | ${rule} | ${share.toFixed(1)} % (+- ${error.toFixed(1)}) | ${tries.length < runs / 2 ? '' : tries[Math.ceil(runs / 2) - 1]} |`);
  });
}
