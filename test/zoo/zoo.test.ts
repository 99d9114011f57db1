import t from 'tap';
import { startApp } from '../support/http-app.js';
import { readZoo, ZOO, type ZooCase, type ZooRequest } from '../support/zoo-cases.js';
import { configurationFaults, outputFaults } from '../support/zoo-compare.js';
import { binaryInfer, configurationOf, jsonInfer, predict, SERVICE_OUTPUTS } from '../support/zoo-http.js';

const zoo = readZoo();
const served = await startApp(t, { models: {}, env: { METAERR_MODEL_REPOSITORY: ZOO } });

/** Plain JSON has no NaN, and nested arrays have no shape behind a dimension of length 0: /v1 takes neither. */
function isPlain({ inputs }: ZooRequest): boolean {
  return inputs.every(({ datatype, shape, data }) => !shape.includes(0) && (!datatype.startsWith('FP') || data.every((value) => typeof value === 'number')));
}

function hasHalf({ inputs }: ZooRequest): boolean {
  return inputs.some(({ datatype }) => datatype === 'FP16');
}

async function faultsOf({ name, added }: ZooCase, request: ZooRequest, whole: boolean): Promise<Record<string, string[]>> {
  const { app } = served;
  const { outputs } = request;
  const own = new Set(added === undefined ? SERVICE_OUTPUTS : [...SERVICE_OUTPUTS, added]);
  const binary = outputFaults((await binaryInfer(app, name, request)).outputs, outputs, own);
  const json = hasHalf(request) ? [] : outputFaults((await jsonInfer(app, name, request)).outputs, outputs, own);
  const predicted = isPlain(request) ? outputFaults(await predict(app, name, request, whole), outputs) : [];
  return { binary, json, predicted };
}

/** All requests at once, several times, so that rows of different requests share runs where the service thinks that they may. */
async function faultsTogether({ name, added, requests = [] }: ZooCase): Promise<string[]> {
  const own = new Set(added === undefined ? SERVICE_OUTPUTS : [...SERVICE_OUTPUTS, added]);
  const several = [...requests, ...requests, ...requests];
  const replies = await Promise.all(several.map((request) => binaryInfer(served.app, name, request)));
  return replies.flatMap(({ outputs }, index) => outputFaults(outputs, several[index]?.outputs ?? [], own));
}

t.ok(zoo.length >= 30, `${zoo.length} models`);

for (const model of zoo) {
  t.test(`${model.name}: ${model.shows}`, async (t) => {
    const view = served.system.catalogue.get(model.name);
    if (model.refused !== undefined) {
      t.equal(view.loaded, null, 'is not served');
      t.match(view.reason, model.refused);
      t.equal((await served.app.inject(`/v2/models/${model.name}/ready`)).statusCode, 503);
      return;
    }
    t.equal(view.reason, null);
    if (model.configuration !== undefined) t.same(configurationFaults(await configurationOf(served, model.name), model.configuration), [], 'configuration');
    t.ok((model.requests ?? []).length > 0, 'has requests');
    for (const request of model.requests ?? []) {
      const shapes = request.inputs.map(({ shape }) => `[${shape.join()}]`).join(' ');
      t.same(await faultsOf(model, request, view.loaded?.rowMode === 'whole'), { binary: [], json: [], predicted: [] }, shapes);
    }
    t.same(await faultsTogether(model), [], 'requests at the same time');
  });
}
