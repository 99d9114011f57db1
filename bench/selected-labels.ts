import { expectedFailures, selectedStream } from '../test/support/selected-labels.js';

/**
 * Expected against observed failures of meta-models trained on labels of the riskiest rows (or of those that were complained of) and an audit share of the rest, with and without
 * inverse-propensity weights: `node dist/bench/selected-labels.js [seeds=10]`; docs/labels.md has the figures.
 */
const seeds = Number(process.argv[2] ?? 10);
for (const [by, reviewed, audit] of [['risk', 0.3, 0.05], ['risk', 0.1, 0.05], ['complaint', 0.3, 0.05], ['complaint', 0.3, 0.1]] as const) {
  const gaps: [number, number][] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const stream = selectedStream({ streamed: 4000, later: 20_000, reviewed, audit, by, surprises: 0.08 }, seed);
    const { observed, weighted, unweighted } = await expectedFailures(stream, seed);
    gaps.push([weighted / observed - 1, unweighted / observed - 1]);
    console.error(`seed ${seed}: ${stream.labelled.rows} labelled, observed ${observed}, weighted ${weighted.toFixed(0)}, unweighted ${unweighted.toFixed(0)}`);
  }
  const cells = [0, 1].map((i) => {
    const values = gaps.map((gap) => gap[i] ?? 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / seeds;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seeds - 1));
    return `${(100 * mean).toFixed(1)} % (one seed +- ${(100 * deviation).toFixed(1)}, mean +- ${((100 * deviation) / Math.sqrt(seeds)).toFixed(1)})`;
  });
  console.log(`| ${by}, ${100 * reviewed} %, audit ${100 * audit} % | ${cells.join(' | ')} |`);
}
