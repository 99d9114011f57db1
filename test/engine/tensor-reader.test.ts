import protobuf from 'protobufjs/minimal.js';
import t from 'tap';
import { encodeTensor } from '../../src/engine/onnx/messages.js';
import { elementTypeName, readTensor, tensorName } from '../../src/engine/onnx/tensor-reader.js';
import type { Tensor } from '../../src/engine/tensor.js';

const VARINT = 0;
const BYTES = 2;
const tag = (field: number, wire: number) => (field << 3) | wire;

/** A TensorProto of [2] values in a typed field, packed, as onnx.helper.make_tensor writes it. */
function typed(elementType: number, field: number, write: (to: protobuf.Writer) => protobuf.Writer): Uint8Array {
  const to = protobuf.Writer.create().uint32(tag(1, VARINT)).int64(2).uint32(tag(2, VARINT)).int32(elementType);
  return write(to.uint32(tag(field, BYTES)).fork()).ldelim().finish();
}

t.test('raw values of every kind of tensor', async (t) => {
  const tensors: Tensor[] = [
    { type: 'float32', dims: [2], data: Float32Array.of(1.5, -2) },
    { type: 'float64', dims: [1, 2], data: Float64Array.of(1.5, -2) },
    { type: 'int64', dims: [2], data: BigInt64Array.of(2n ** 60n, -1n) },
    { type: 'uint8', dims: [3], data: Uint8Array.of(1, 2, 255) },
    { type: 'bool', dims: [], data: Uint8Array.of(1) },
    { type: 'string', dims: [2], data: ['a', 'ü'] },
    { type: 'float32', dims: [0], data: new Float32Array() },
  ];
  for (const tensor of tensors) {
    const bytes = encodeTensor('name', tensor);
    t.same(readTensor(bytes), tensor, `${tensor.type} [${tensor.dims.join()}]`);
    t.equal(tensorName(bytes), 'name');
  }
});

t.test('values in the typed fields', async (t) => {
  t.same(readTensor(typed(1, 4, (to) => to.float(1.5).float(-2)))?.data, Float32Array.of(1.5, -2));
  t.same(readTensor(typed(11, 10, (to) => to.double(1e300).double(-2)))?.data, Float64Array.of(1e300, -2));
  t.same(readTensor(typed(6, 5, (to) => to.int32(7).int32(-8)))?.data, Int32Array.of(7, -8));
  t.same(readTensor(typed(3, 5, (to) => to.int32(7).int32(-8)))?.data, Int8Array.of(7, -8));
  t.same(readTensor(typed(9, 5, (to) => to.int32(1).int32(0)))?.data, Uint8Array.of(1, 0));
  t.same(readTensor(typed(10, 5, (to) => to.int32(0x3c00).int32(0xffff)))?.data, Uint16Array.of(0x3c00, 0xffff));
  t.same(readTensor(typed(7, 7, (to) => to.int64('9007199254740993').int64(-1)))?.data, BigInt64Array.of(9007199254740993n, -1n));
  t.same(readTensor(typed(13, 11, (to) => to.uint64('18446744073709551615').uint64(0)))?.data, BigUint64Array.of(2n ** 64n - 1n, 0n));
  t.same(readTensor(typed(12, 11, (to) => to.uint64(4294967295).uint64(0)))?.data, Uint32Array.of(4294967295, 0));
});

t.test('what cannot be read is null', async (t) => {
  t.equal(readTensor(typed(16, 5, (to) => to.int32(1).int32(2))), null, 'bfloat16');
  const external = protobuf.Writer.create().uint32(tag(2, VARINT)).int32(1).uint32(tag(14, VARINT)).int32(1).finish();
  t.equal(readTensor(external), null, 'values in another file');
  t.equal(elementTypeName(1), 'float32');
  t.equal(elementTypeName(16), null);
});
