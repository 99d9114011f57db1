import t from 'tap';
import { MetaErrError } from '../../../src/core/errors.js';
import { createInferExchange } from '../../../src/inference/oip/infer-exchange.js';
import { checkRequest } from '../../../src/inference/predict-check.js';
import { info, oipModel } from '../../support/oip-models.js';
import { binaryOf, bodyOf } from '../../support/oip-wire.js';

const REFUSALS = new Set(['INVALID_JSON', 'INVALID_REQUEST', 'INVALID_INPUT']);
const model = oipModel({
  inputs: [info('a', 'float32', [null, 2]), info('b', 'string', [null]), info('c', 'int64', [null, null]), info('d', 'bool', [null, 2])],
  outputs: [info('y', 'float32', [null, 2]), info('h', 'float16', [null])],
});
const raw = oipModel({ inputs: [info('x', 'float64', [null, null])] });

const tensors = `{"name":"a","datatype":"FP32","shape":[2,2],"parameters":{"binary_data_size":16}},{"name":"b","datatype":"BYTES","shape":[2],"parameters":{"binary_data_size":12}}`;
const REQUESTS = [
  bodyOf(
    `{"id":"r1","parameters":{"timeout":1000,"binary_data_output":true},"inputs":[${tensors},{"name":"c","datatype":"INT64","shape":[2,1],"data":[[9007199254740993],[-1]]},{"name":"d","datatype":"BOOL","shape":[2,2],"parameters":{"binary_data_size":4}}],"outputs":[{"name":"y","parameters":{"classification":2}},{"name":"h","parameters":{"binary_data":true}}]}`,
    binaryOf('float32', [1, 2, 3, 4]),
    binaryOf('string', ['aé', 'b']),
    Buffer.of(0, 1, 1, 0),
  ),
  bodyOf(
    '{"inputs":[{"name":"a","datatype":"FP32","shape":[1,2],"data":[NaN,-Infinity]},{"name":"b","datatype":"BYTES","shape":[1],"data":["x\\"y"]},{"name":"c","datatype":"INT64","shape":[1,2],"data":[1,12345678901234567]},{"name":"d","datatype":"BOOL","shape":[1,2],"data":[true,0]}],"outputs":[{"name":"y"}]}',
  ),
];

/** Numbers from 0 to below `limit`, the same in every run. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const STRUCTURE = Buffer.from(',:[]{}"-.eN\\ ');

/** Changes one byte: any, a digit into another, or one that shapes the JSON; at random places. */
function flip(body: Buffer, headerLength: number, next: (limit: number) => number): void {
  const at = next(body.length);
  const digit = at < headerLength && /[0-9]/.test(String.fromCharCode(body[at] ?? 0));
  const kind = next(3);
  if (digit || kind === 0) body[at] = 48 + next(10);
  else if (kind === 1) body[at] = STRUCTURE[next(STRUCTURE.length)] ?? 0;
  else body[at >= headerLength ? at : next(body.length)] = next(256);
}

/** Reads a request that may be broken: it is fine, or refused with a code of the caller's. */
function attempt(body: Uint8Array, headerLength: number | null): string {
  const chosen = headerLength === 0 ? raw : model;
  try {
    const request = createInferExchange(body, headerLength).read(chosen);
    checkRequest(request, chosen);
    for (let row = 0; row < request.rows; row++) JSON.parse(request.inputText(row));
    return 'read';
  } catch (error) {
    if (error instanceof MetaErrError && REFUSALS.has(error.code) && error.message.length < 2000) return error.code;
    throw error;
  }
}

t.test('a corrupted request is refused with a code, or is another valid request', async (t) => {
  const next = numbers(20_260_723);
  const outcomes = new Map<string, number>();
  for (let run = 0; run < 20_000; run++) {
    const original = REQUESTS[run % REQUESTS.length] ?? bodyOf('');
    const body = Buffer.from(original.body);
    for (let flips = 1 + next(3); flips > 0; flips--) flip(body, original.headerLength, next);
    const cut = next(5) === 0 ? body.subarray(0, next(body.length)) : body;
    const header = next(10) === 0 ? next(original.headerLength + 20) : original.headerLength;
    const outcome = attempt(cut, next(20) === 0 ? null : header);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  t.comment(JSON.stringify(Object.fromEntries(outcomes)));
  for (const outcome of ['read', ...REFUSALS]) t.ok((outcomes.get(outcome) ?? 0) > 100, outcome);
});

t.test('every truncation and every header length', async (t) => {
  for (const { body, headerLength } of REQUESTS) {
    t.equal(attempt(body, headerLength), 'read');
    for (let length = 0; length < body.length; length++) if (attempt(body.subarray(0, length), headerLength) === 'read') t.fail(`read ${length} of ${body.length} bytes`);
    for (let header = 0; header <= body.length + 1; header++) if (header !== headerLength && header !== 0 && attempt(body, header) === 'read') t.fail(`read with header length ${header}`);
  }
});

t.test('values of the wrong kind anywhere in the JSON', async (t) => {
  const values: readonly unknown[] = [null, true, -1, 0, 1.5, 1e300, '', 'x', [], [[]], [null], {}, { a: 1 }, Number.MAX_SAFE_INTEGER];
  const request = JSON.parse((REQUESTS[1]?.body.toString() ?? '').replace('NaN,-Infinity', '1,2')) as object;
  let tried = 0;
  const replace = (holder: Record<string, unknown>) => {
    for (const key of Object.keys(holder)) {
      const original = holder[key];
      for (const value of values) {
        holder[key] = value;
        attempt(Buffer.from(JSON.stringify(request)), null);
        tried++;
      }
      holder[key] = original;
      if (typeof original === 'object' && original !== null) replace(original as Record<string, unknown>);
    }
  };
  replace(request as Record<string, unknown>);
  t.ok(tried > 500, `${tried} requests`);
});
