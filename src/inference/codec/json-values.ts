import { MetaErrError } from '../../core/errors.js';
import type { Tensor } from '../../engine/tensor.js';

/** Most values of all outputs of a JSON reply: some 160 MB of text. One that JavaScript cannot hold would be no reply at all. */
const MOST_VALUES = 1 << 23;

/** Throws INVALID_REQUEST where outputs have more values than JSON replies carry; `advice` says what to ask for instead. */
export function checkJsonValues(outputs: readonly (readonly [name: string, tensor: Tensor])[], advice: string): void {
  const values = outputs.reduce((sum, [, { data }]) => sum + data.length, 0);
  if (values <= MOST_VALUES) return;
  const [name, { data }] = outputs.reduce((largest, each) => (each[1].data.length > largest[1].data.length ? each : largest));
  const whose = data.length > MOST_VALUES ? `output ${JSON.stringify(name)} has ${data.length} values` : `the outputs have ${values} values, ${data.length} of them in ${JSON.stringify(name)}`;
  throw new MetaErrError('INVALID_REQUEST', `${whose}, more than the ${MOST_VALUES} of a JSON reply; ${advice}`, { field: 'outputs' });
}
