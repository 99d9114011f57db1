import { DEFAULT_LABELLED_ROWS, DEFAULT_STORED_ROWS } from '../src/inference/config/file-schema.js';
import { trainChallenger } from '../src/meta/fit/challenger.js';
import { syntheticWindow } from '../test/support/experts-synthetic.js';

/**
 * How long a whole retraining takes on one core: challenger, verdict and refit.
 * `node dist/bench/retraining.js [rows: as many as the service reads] [inputs=110] [classes=10]`; the feature vector has inputs + classes numbers.
 */
const [rows = DEFAULT_LABELLED_ROWS, inputWidth = 110, classes = 10] = process.argv.slice(2).map(Number);
const { window, behaviour } = syntheticWindow({ rows, inputWidth, classes, seed: 1 });
const spent = new Map<string, number>();
const begin = performance.now();
let last = begin;
const result = await trainChallenger(window, { champion: null, attempt: 1 }, {
  behaviour,
  seed: 1,
  maxStoredRows: DEFAULT_STORED_ROWS,
  unlabelled: null,
  onProgress: ({ step, done, total }) => {
    const now = performance.now();
    spent.set(step, (spent.get(step) ?? 0) + now - last);
    last = now;
    if (process.stderr.isTTY) process.stderr.write(`\r${step} ${Math.round((100 * done) / total)} %          `);
  },
});
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;
console.log(`${rows} labelled rows x ${inputWidth + classes} features: ${seconds(performance.now() - begin)}`);
for (const [step, milliseconds] of spent) console.log(`  ${step}: ${seconds(milliseconds)}`);
console.log(`peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB; graph: ${Math.round((result.onnx?.length ?? 0) / 1024)} KiB`);
console.log(`${result.verdict}: ${result.reason}`);
console.log(JSON.stringify(result.diagnostics, (_, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(4)) : value)));
