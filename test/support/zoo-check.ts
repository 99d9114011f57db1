// Loads every model of a zoo without a server, runs its requests, and writes what is not as expected.
//   node dist/test/support/zoo-check.js [zoo folder] [report file] [model ...]
import { writeFileSync } from 'node:fs';
import { systemClock } from '../../src/core/clock.js';
import { predictionIdFactory } from '../../src/core/ids.js';
import { createMetrics } from '../../src/core/metrics.js';
import { createThreadPool } from '../../src/engine/pool.js';
import type { Tensor } from '../../src/engine/tensor.js';
import type { LoadedModel, ModelCatalogue, PredictReply } from '../../src/inference/contracts.js';
import { engineForm } from '../../src/inference/output-form.js';
import { DecisionThresholds } from '../../src/inference/decision-thresholds.js';
import { createPredict } from '../../src/inference/predict.js';
import { createModelRepository } from '../../src/inference/repository/model-repository.js';
import { isRowWise } from '../../src/inference/row-shape.js';
import { createStatistics } from '../../src/inference/statistics.js';
import { createDirectMetaRegistry } from '../../src/meta/registry-sqlite.js';
import { temporaryDatabase } from './jobs-database.js';
import { recordingLogger } from './recording-logger.js';
import { readZoo, ZOO, type ZooCase, type ZooRequest } from './zoo-cases.js';
import { configurationFaults, outputFaults } from './zoo-compare.js';
import { engineTensor, oipTensor } from './zoo-engine.js';

const [folder = ZOO, report = '/dev/stdout', ...only] = process.argv.slice(2);
const ENGINE_THREAD = new URL('../../src/entries/engine-thread.js', import.meta.url);

function decoded(model: LoadedModel, request: ZooRequest) {
  let rows = 1;
  const inputs = request.inputs.map((tensor): [string, Tensor] => {
    const own = engineTensor(tensor);
    const info = model.signature.inputs.find(({ name }) => name === tensor.name);
    if (model.rowMode === 'whole') return [tensor.name, { ...own, dims: [1, ...own.dims] }];
    if (info !== undefined && isRowWise(info, model.rowMode)) rows = own.dims[0] ?? 1;
    return [tensor.name, own];
  });
  return { inputs: Object.fromEntries(inputs), outputs: {}, rows, inputText: () => '{}', callerIds: null, timeoutMilliseconds: null };
}

function outputsOf(reply: PredictReply) {
  const rowWise = Object.entries(reply.outputs).map(([name, tensor]) => oipTensor(name, engineForm(tensor, reply.forms[name] ?? 'rows')));
  return [...rowWise, ...Object.entries(reply.requestOutputs).map(([name, tensor]) => oipTensor(name, tensor))];
}

function configurationOf({ config, rowMode }: LoadedModel) {
  const { task, output, scores, labels, labelOutput } = config;
  return { task, output, scores, labels, labelOutput, rows: rowMode };
}

async function faultsOf(zoo: ZooCase, catalogue: ModelCatalogue, predict: ReturnType<typeof createPredict>): Promise<string[]> {
  const view = catalogue.get(zoo.name);
  if (zoo.refused !== undefined) return view.loaded !== null ? ['loaded, expected to be refused'] : view.reason?.includes(zoo.refused) ? [] : [`refused for: ${view.reason}, expected: ${zoo.refused}`];
  if (view.loaded === null) return [`does not load: ${view.reason}`];
  const model = view.loaded;
  const faults = configurationFaults(configurationOf(model), zoo.configuration ?? { rows: model.rowMode }).map((fault) => `configuration: ${fault}`);
  for (const [index, request] of (zoo.requests ?? []).entries()) {
    try {
      const found = await predict.predict({ model: zoo.name, version: null, trace: null, read: (loaded) => decoded(loaded, request), gone: null }, (reply) => {
        const degraded = reply.status === 'degraded' ? ['status: degraded'] : [];
        return [...outputFaults(outputsOf(reply), request.outputs, new Set(zoo.added === undefined ? [] : [zoo.added])), ...degraded];
      });
      faults.push(...found.map((fault) => `request ${index} (${request.inputs.map(({ shape }) => `[${shape.join()}]`).join(' ')}): ${fault}`));
    } catch (error) {
      faults.push(`request ${index} (${request.inputs.map(({ shape }) => `[${shape.join()}]`).join(' ')}): ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return faults.length === 0 ? [] : [...faults, ...model.assumptions.map((text) => `(assumed) ${text}`)];
}

const { db, dispose } = temporaryDatabase();
const logger = recordingLogger();
const metrics = createMetrics();
const clock = systemClock;
const repository = createModelRepository({ directory: folder, poolFactory: createThreadPool({ threadUrl: ENGINE_THREAD }), registry: createDirectMetaRegistry(db), logger, metrics, clock });
const predict = createPredict({ catalogue: repository.catalogue, writer: { add: () => true }, clock, metrics, statistics: createStatistics(repository.catalogue), logger, thresholds: new DecisionThresholds(), maxRows: 1_000, ids: predictionIdFactory() });
const zoo = readZoo(folder).filter(({ name }) => only.length === 0 || only.includes(name));
if (only.length > 0) await Promise.allSettled(only.map((name) => repository.load(name)));
else await repository.loadAll();
const lines: string[] = [];
let failed = 0;
for (const model of zoo) {
  const faults = await faultsOf(model, repository.catalogue, predict);
  if (faults.length === 0) continue;
  failed++;
  lines.push(`## ${model.name}`, `${model.shows} [${model.exporter}]`, ...faults.map((fault) => `- ${fault}`), '');
}
writeFileSync(report, [`# ${failed} of ${zoo.length} models are not as expected (${folder})`, '', ...lines].join('\n') + '\n');
for (const { message, fields } of logger.lines) if (process.env['VERBOSE']) console.error(message, fields);
console.error(`${zoo.length - failed} of ${zoo.length} as expected`);
await predict.close();
await repository.close();
dispose();
