import t from 'tap';
import { createInferExchange } from '../../../src/inference/oip/infer-exchange.js';
import { info, oipModel } from '../../support/oip-models.js';
import { replyOf, tensor } from '../../support/oip-replies.js';
import { bodyOf } from '../../support/oip-wire.js';

/** Least milliseconds of several runs. */
function best(action: () => unknown): number {
  let least = Infinity;
  for (let run = 0; run < 7; run++) {
    const started = performance.now();
    action();
    least = Math.min(least, performance.now() - started);
  }
  return least;
}

t.test('19 MB of binary data cost no more than copies of memory', async (t) => {
  const shape = [32, 3, 224, 224];
  const count = shape.reduce((product, dim) => product * dim, 1);
  const bytes = Buffer.alloc(count * 4, 1);
  const model = oipModel({ inputs: [info('x', 'float32', [null, 3, 224, 224])], outputs: [info('y', 'float32', [null, 3, 224, 224])] });
  const head = `{"inputs":[{"name":"x","datatype":"FP32","shape":[${shape.join()}],"parameters":{"binary_data_size":${bytes.length}}}],"parameters":{"binary_data_output":true}}`;
  const reply = replyOf(model, 32, { y: tensor('float32', shape, new Float32Array(count)) });
  const exchange = (padding: number, viewed: boolean) => {
    const { body, headerLength } = bodyOf(head + ' '.repeat(padding), bytes);
    const data = createInferExchange(body, headerLength).read(model).inputs['x']?.data;
    t.equal(data instanceof Float32Array && data.buffer === body.buffer, viewed, viewed ? 'aligned data is a view of the body' : 'unaligned data is a copy');
    return best(() => {
      const codec = createInferExchange(body, headerLength);
      codec.read(model);
      codec.write(reply);
    });
  };
  const aligned = exchange((4 - (head.length % 4)) % 4, true);
  const unaligned = exchange(((4 - (head.length % 4)) % 4) + 1, false);
  const copy = best(() => new Uint8Array(bytes));
  t.comment(`decode and encode: aligned ${aligned.toFixed(3)} ms, unaligned ${unaligned.toFixed(2)} ms; one copy of the data ${copy.toFixed(2)} ms`);
  t.ok(aligned < copy + 20, 'aligned data is not touched');
  t.ok(unaligned < 10 * copy + 250, 'unaligned data is copied once');
});

t.test('JSON costs little more than JSON.parse and JSON.stringify', async (t) => {
  const rows = Array.from({ length: 1000 }, (_, row) => Array.from({ length: 100 }, (_, i) => Math.fround(Math.sin(row * 100 + i))));
  const model = oipModel({ inputs: [info('x', 'float32', [null, 100])], outputs: [info('y', 'float32', [null, 100])], config: { append_outputs: false } });
  const values = Float32Array.from(rows.flat());
  const reply = replyOf(model, 1000, { y: tensor('float32', [1000, 100], values) });
  const body = (data: unknown) => Buffer.from(JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape: [1000, 100], data }] }));
  for (const [form, data] of [['flat', rows.flat()], ['nested', rows]] as const) {
    const request = body(data);
    const codec = createInferExchange(request, null);
    codec.read(model);
    const decode = best(() => createInferExchange(request, null).read(model));
    const encode = best(() => codec.write(reply));
    const parse = best(() => JSON.parse(request.toString()));
    const stringify = best(() => JSON.stringify(Array.from(values)));
    t.comment(`${form}: decode ${decode.toFixed(2)} ms (JSON.parse ${parse.toFixed(2)} ms), encode ${encode.toFixed(2)} ms (JSON.stringify ${stringify.toFixed(2)} ms)`);
    t.ok(decode < 4 * parse + 250 && encode < 4 * stringify + 250, form);
  }
});
