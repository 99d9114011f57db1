import t from 'tap';
import { freeBytes } from '../../src/engine/tensor-transfer.js';

t.test('freed bytes are gone at once, and a shared buffer is left alone', async (t) => {
  const bytes = Uint8Array.of(1, 2, 3);
  freeBytes(bytes.subarray(1));
  t.equal(bytes.byteLength, 0);
  const shared = new Uint8Array(new SharedArrayBuffer(3));
  freeBytes(shared);
  t.equal(shared.byteLength, 3);
});
