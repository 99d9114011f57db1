import fc from 'fast-check';
import t from 'tap';
import type { EnginePool } from '../../src/engine/engine.js';
import { isTensorType, viewAs } from '../../src/engine/tensor-types.js';
import type { Tensor, TensorType } from '../../src/engine/tensor.js';
import { identityModel } from '../support/engine-models.js';
import { CPU, request, startPool } from '../support/engine-pool.js';

type NumericType = Exclude<TensorType, 'string'>;
const SIZES: Readonly<Record<NumericType, number>> = {
  float32: 4, float64: 8, float16: 2, int8: 1, uint8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4, int64: 8, uint64: 8, bool: 1,
};
const TYPES = Object.keys(SIZES) as NumericType[];

async function poolOfIdentities(t: Tap): Promise<EnginePool> {
  const pool = startPool(t, 1);
  for (const type of [...TYPES, 'string'] as const) await pool.load(type, { bytes: identityModel(type) }, CPU);
  return pool;
}
type Tap = Parameters<typeof startPool>[0];

async function roundTrip(pool: EnginePool, tensor: Tensor): Promise<Tensor> {
  const reply = await pool.run(request(tensor.type, { x: tensor }));
  const back = reply.tensors['y'];
  if (back === undefined) throw new Error('no output');
  return back;
}

function bytes(data: Exclude<Tensor['data'], string[]>): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

/** Random bytes as values of the type; the view begins somewhere inside a larger buffer. */
const numericTensor = fc
  .record({ type: fc.constantFrom(...TYPES), raw: fc.uint8Array({ maxLength: 160 }), lead: fc.nat(3) })
  .map(({ type, raw, lead }) => {
    const size = SIZES[type];
    const count = Math.floor(raw.length / size);
    const values = type === 'bool' ? raw.map((byte) => byte & 1) : raw;
    const whole = new Uint8Array((lead + count + 1) * size);
    whole.set(values.subarray(0, count * size), lead * size);
    const data = viewAs(type, whole.buffer).subarray(lead, lead + count);
    return { type, dims: [count], data } as Exclude<Tensor, { type: 'string' }>;
  });

t.test('every numeric type goes to a thread and back bit for bit', async (t) => {
  const pool = await poolOfIdentities(t);
  const seen = new Set<TensorType>();
  await fc.assert(
    fc.asyncProperty(numericTensor, async (tensor) => {
      const before = Buffer.from(bytes(tensor.data));
      const back = (await roundTrip(pool, tensor)) as typeof tensor;
      seen.add(tensor.type);
      return (
        back.type === tensor.type &&
        back.data.constructor === tensor.data.constructor &&
        back.dims.length === 1 &&
        back.dims[0] === tensor.dims[0] &&
        bytes(back.data).equals(before) &&
        bytes(tensor.data).equals(before)
      );
    }),
    { numRuns: 250 },
  );
  t.equal(seen.size, TYPES.length, 'every type was drawn');
});

t.test('texts go to a thread and back', async (t) => {
  const pool = await poolOfIdentities(t);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' })), async (texts) => {
      // The engine's texts end at a NUL.
      const data = texts.map((text) => text.replaceAll('\0', ''));
      const back = await roundTrip(pool, { type: 'string', dims: [data.length], data });
      t.same(back, { type: 'string', dims: [data.length], data });
    }),
    { numRuns: 50 },
  );
});

t.test('a Buffer from the shared pool of node is sent as its own bytes only', async (t) => {
  const pool = await poolOfIdentities(t);
  const back = await roundTrip(pool, { type: 'uint8', dims: [3], data: Buffer.from([1, 2, 3]) });
  t.same([...back.data], [1, 2, 3]);
  t.equal((back.data as Uint8Array).buffer.byteLength, 3);
});

t.test('isTensorType knows exactly the types of the contract', async (t) => {
  for (const type of [...TYPES, 'string']) t.ok(isTensorType(type));
  for (const type of ['int4', 'uint4', 'bfloat16', 'toString', '']) t.notOk(isTensorType(type));
});
