import { createGraphBuilder } from '../src/engine/onnx/graph-builder.js';
import { createRandom } from '../src/meta/training/random.js';

/** Rows whose class a fixed random network decides; a linear base model that knows only a part of it is often wrong. */
export interface SyntheticStream {
  readonly width: number;
  readonly classes: number;
  readonly rows: number;
  readonly values: Float32Array;
  readonly truths: Int32Array;
}

const HIDDEN = 24;

/** Draws a stream; the same seed gives the same rows. */
export function syntheticStream(rows: number, width: number, classes: number, seed: number): SyntheticStream {
  const random = createRandom(seed);
  const inner = Float32Array.from({ length: width * HIDDEN }, () => random.normal() / Math.sqrt(width));
  const outer = Float32Array.from({ length: HIDDEN * classes }, () => random.normal());
  const values = Float32Array.from({ length: rows * width }, () => random.normal());
  const truths = Int32Array.from({ length: rows }, (_, row) => {
    const x = values.subarray(row * width, (row + 1) * width);
    const scores = new Float64Array(classes);
    for (let unit = 0; unit < HIDDEN; unit++) {
      let sum = 0;
      for (let feature = 0; feature < width; feature++) sum += (x[feature] ?? 0) * (inner[feature * HIDDEN + unit] ?? 0);
      const active = Math.tanh(2 * sum);
      for (let each = 0; each < classes; each++) scores[each] = (scores[each] ?? 0) + active * (outer[unit * classes + each] ?? 0);
    }
    return scores.indexOf(Math.max(...scores));
  });
  return { width, classes, rows, values, truths };
}

/** A linear base model by class means of the first rows (a nearest-mean classifier in linear form), as ONNX. */
export function classMeanModel(stream: SyntheticStream, rows: number): Uint8Array {
  const { width, classes, values, truths } = stream;
  const weights = new Float32Array(width * classes);
  const counts = new Float32Array(classes);
  for (let row = 0; row < rows; row++) {
    const truth = truths[row] ?? 0;
    counts[truth] = (counts[truth] ?? 0) + 1;
    for (let feature = 0; feature < width; feature++) weights[feature * classes + truth] = (weights[feature * classes + truth] ?? 0) + (values[row * width + feature] ?? 0);
  }
  for (let index = 0; index < weights.length; index++) weights[index] = (4 * (weights[index] ?? 0)) / Math.max(1, counts[index % classes] ?? 1);
  const graph = createGraphBuilder();
  const x = graph.input('X', 'float32', ['batch', width]);
  const scores = graph.node('MatMul', [x, graph.constant({ type: 'float32', dims: [width, classes], data: weights })]);
  graph.output('probabilities', graph.node('Softmax', [scores], { axis: 1 }), 'float32', ['batch', classes]);
  return graph.toModel();
}
