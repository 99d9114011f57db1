import type { LoggedRows } from '../../quality/product/logged-rows.js';

/**
 * Features of rows (rows x width, [inputs | behaviour]) as one model would have them whose probabilities are the mean of those of several. The
 * behaviour is the logarithms of the class probabilities: all sets here have few classes.
 */
export function meanOutputs(nets: readonly LoggedRows[]): Float32Array {
  const first = nets[0];
  if (first === undefined) throw new RangeError('expected the outputs of a net');
  const { rows, width, inputWidth, classes } = first;
  if (width !== inputWidth + classes) throw new RangeError(`expected ${classes} numbers of behaviour, got ${width - inputWidth}`);
  const features = first.features.slice();
  for (let row = 0; row < rows; row++) {
    for (let column = inputWidth; column < width; column++) {
      const at = row * width + column;
      features[at] = Math.log(nets.reduce((sum, net) => sum + Math.exp(net.features[at]!), 0) / nets.length);
    }
  }
  return features;
}
