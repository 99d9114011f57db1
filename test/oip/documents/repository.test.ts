import t from 'tap';
import { MetaErrError } from '../../../src/core/errors.js';
import type { RepositoryEntry } from '../../../src/inference/contracts.js';
import { repositoryIndex } from '../../../src/inference/oip/documents/repository-index.js';
import { checkLoadRequest, checkUnloadRequest, readIndexRequest } from '../../../src/inference/oip/documents/repository-request.js';

const bytes = (text: string) => new TextEncoder().encode(text);

function refusal(read: (body: Uint8Array) => unknown, body: Uint8Array | string): MetaErrError {
  try {
    read(typeof body === 'string' ? bytes(body) : body);
  } catch (error) {
    if (error instanceof MetaErrError) return error;
    throw error;
  }
  throw new Error(`not refused: ${String(body)}`);
}

t.test('the index names every state, and can leave out what does not serve', async (t) => {
  const entries: RepositoryEntry[] = [
    { name: 'a', version: 1, state: 'unavailable', reason: 'a newer version serves' },
    { name: 'a', version: 2, state: 'ready', reason: '' },
    { name: 'b', version: null, state: 'unavailable', reason: 'no version' },
    { name: 'c', version: 1, state: 'loading', reason: '' },
    { name: 'd', version: 1, state: 'unloading', reason: '' },
  ];
  t.same(repositoryIndex(entries, false), [
    { name: 'a', version: '1', state: 'UNAVAILABLE', reason: 'a newer version serves' },
    { name: 'a', version: '2', state: 'READY', reason: '' },
    { name: 'b', version: '', state: 'UNAVAILABLE', reason: 'no version' },
    { name: 'c', version: '1', state: 'LOADING', reason: '' },
    { name: 'd', version: '1', state: 'UNLOADING', reason: '' },
  ]);
  t.same(repositoryIndex(entries, true), [{ name: 'a', version: '2', state: 'READY', reason: '' }]);
});

t.test('bodies may be left out', async (t) => {
  t.same(readIndexRequest(bytes('')), { ready: false });
  t.same(readIndexRequest(bytes('{}')), { ready: false });
  t.same(readIndexRequest(bytes('{"ready": true}')), { ready: true });
  for (const body of ['', '{}', '{"parameters": {}}']) t.doesNotThrow(() => checkLoadRequest(bytes(body)));
  for (const body of ['', '{}', '{"parameters": {"unload_dependents": true}}']) t.doesNotThrow(() => checkUnloadRequest(bytes(body)));
});

t.test('a model is loaded as the repository has it', async (t) => {
  t.match(refusal(checkLoadRequest, '{"parameters": {"config": "{}"}}'), { code: 'INVALID_REQUEST', field: 'parameters.config', message: /model repository/ });
  t.match(refusal(checkLoadRequest, '{"parameters": {"file:1/model.onnx": "AAAA"}}'), { code: 'INVALID_REQUEST', field: 'parameters.file:1/model.onnx', message: /model repository/ });
  t.match(refusal(checkLoadRequest, '{"parameters": {"versoin": 1}}'), { code: 'INVALID_REQUEST', field: 'parameters.versoin', message: /unknown/ });
});

t.test('bodies that are no such request', async (t) => {
  for (const read of [readIndexRequest, checkLoadRequest, checkUnloadRequest]) {
    t.match(refusal(read, '{"ready": '), { code: 'INVALID_JSON' });
    t.match(refusal(read, Uint8Array.of(0x22, 0xff, 0x22)), { code: 'INVALID_JSON' });
    for (const body of ['[]', 'null', '1', '"x"']) t.match(refusal(read, body), { code: 'INVALID_REQUEST', field: 'body' });
  }
  for (const ready of ['"yes"', '1', 'null']) t.match(refusal(readIndexRequest, `{"ready": ${ready}}`), { code: 'INVALID_REQUEST', field: 'ready' });
  t.match(refusal(checkUnloadRequest, '{"parameters": {"unload_dependents": 1}}'), { code: 'INVALID_REQUEST', field: 'parameters.unload_dependents' });
  for (const read of [checkLoadRequest, checkUnloadRequest]) t.match(refusal(read, '{"parameters": []}'), { code: 'INVALID_REQUEST', field: 'parameters' });
});
