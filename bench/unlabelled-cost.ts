import { createDirectSession } from '../src/engine/direct-session.js';
import { DEFAULT_STORED_ROWS, DEFAULT_UNLABELLED_ROWS } from '../src/inference/config/file-schema.js';
import { META_GRAPH } from '../src/meta/features/layout.js';
import { fitMetaModel } from '../src/meta/fit/fit.js';
import { sliceWindow } from '../src/meta/fit/window-slice.js';
import { syntheticWindow } from '../test/support/experts-synthetic.js';
import { median } from './median.js';

/**
 * What predictions without a ground truth cost: a fit with and without them, and the meta-models that come of it, one after the other on one core.
 * `node dist/bench/unlabelled-cost.js [unlabelled: as many as the service reads] [inputs=110] [classes=10]`
 */
const [unlabelled = DEFAULT_UNLABELLED_ROWS, inputWidth = 110, classes = 10] = process.argv.slice(2).map(Number);
const BATCHES = [1, 32];
const RUNS = 300;

const seconds = (begin: number) => (performance.now() - begin) / 1000;

for (const labelled of [100, 300, 3000]) {
  const { window: all, behaviour } = syntheticWindow({ rows: labelled + unlabelled, inputWidth, classes, seed: 1 });
  const window = sliceWindow(all, 0, labelled);
  const rest = { rows: unlabelled, features: all.features.subarray(labelled * all.width) };
  const options = { behaviour, seed: 1, maxStoredRows: DEFAULT_STORED_ROWS };
  const fits = [];
  for (const given of [null, rest]) {
    const begin = performance.now();
    const { onnx } = await fitMetaModel(window, { ...options, unlabelled: given });
    fits.push({ took: seconds(begin), onnx, session: await createDirectSession({ bytes: onnx }, { executionProviders: ['cpu'], intraOpThreads: 1 }) });
  }
  const [without, beside] = fits as [(typeof fits)[number], (typeof fits)[number]];
  const mebibytes = (bytes: Uint8Array) => (bytes.length / 2 ** 20).toFixed(2);
  console.log(`${labelled} labelled rows: fit ${without.took.toFixed(1)} s, with ${unlabelled} unlabelled ${beside.took.toFixed(1)} s; graph ${mebibytes(without.onnx)}, ${mebibytes(beside.onnx)} MiB`);
  for (const batch of BATCHES) {
    const data = all.features.slice(0, batch * all.width);
    const times: [number[], number[]] = [[], []];
    for (let run = 0; run < RUNS; run++) {
      for (const [index, { session }] of fits.entries()) {
        const begin = performance.now();
        await session.run({ [META_GRAPH.input]: { type: 'float32', dims: [batch, all.width], data } });
        times[index]!.push(performance.now() - begin);
      }
    }
    const [a, b] = times.map(median) as [number, number];
    console.log(`  ${batch} rows: ${a.toFixed(3)} ms, ${b.toFixed(3)} ms: ratio ${(b / a).toFixed(2)}`);
  }
  for (const { session } of fits) await session.release();
}
console.log(`peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
