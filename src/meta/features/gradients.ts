import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { DIRECTIONS } from './gradient-plan.js';
import type { GradientGrids } from './gradient-plan.js';
import { addGray } from './graph-image.js';
import type { GraphImage } from './graph-image.js';
import { addAveragePool } from './pooling.js';
import { addRootMeanSquare } from './statistics.js';

/** Of the weakest direction of a cell: edges leave some directions empty, noise leaves none. */
const NOISE_PART = 0.9;
/** Contrast below this part of the brightness is rounding: such a picture is flat. */
const FLAT = 1e-4;
/** The logarithm of nothing; pixels are counted from 0 to 1 or to 255. */
const DARKEST = 1e-3;
const TINY = 1e-12;

/**
 * An image as numbers that its lighting does not move: root histograms of oriented gradients, a coarse picture with mean 0 and
 * mean square 1, and the natural logarithms of brightness (root mean square) and contrast (the same around the mean).
 * `image`: finite; gives [N, gradientWidth].
 *
 * Histograms of oriented gradients: Dalal and Triggs 2005, here over whole cells without blocks; divided by their mean and
 * square-rooted, so that distances between rows are Hellinger distances of gradient shares: Arandjelovic and Zisserman 2012.
 */
export function addGradients(graph: GraphBuilder, image: GraphImage, { gray: size, cells, coarse }: GradientGrids): Value {
  const gray = addGray(graph, image);
  const pixels = addAveragePool(graph, coarse.channels === 1 ? gray : image, coarse);
  const centred = graph.node('Sub', [pixels, addMean(graph, pixels)]);
  const [brightness, contrast] = [addRootMeanSquare(graph, pixels, [1]), addRootMeanSquare(graph, centred, [1])];
  const histograms = addHistograms(graph, graph.node('Reshape', [addAveragePool(graph, gray, size), graph.ints([0, 1, size.height, size.width])]), size, cells);
  const flat = graph.node('Add', [graph.node('Mul', [brightness, graph.scalar('float32', FLAT)]), graph.scalar('float32', TINY)]);
  const relative = (values: Value, strength: Value): Value => graph.node('Div', [values, graph.node('Max', [strength, flat])]);
  const shares = relative(histograms, addMean(graph, histograms));
  return graph.node('Concat', [graph.node('Sqrt', [shares]), relative(centred, contrast), addLog(graph, brightness), addLog(graph, contrast)], { axis: 1 });
}

/** Of each row, [N, 1]. */
function addMean(graph: GraphBuilder, value: Value): Value {
  return graph.node('ReduceMean', [value], { axes: [1], keepdims: 1 });
}

/**
 * Mean strength of the gradients towards each direction in each cell, less what noise gives to all of them: [N, DIRECTIONS x cells x cells].
 * The border repeats itself outwards.
 */
function addHistograms(graph: GraphBuilder, gray: Value, { height, width }: GradientGrids['gray'], cells: number): Value {
  const padded = graph.node('Pad', [gray, graph.ints([0, 0, 1, 1, 0, 0, 1, 1])], { mode: 'edge' });
  const kernels = graph.constant({ type: 'float32', dims: [DIRECTIONS, 1, 3, 3], data: directionKernels() }, 'directions');
  const strengths = graph.node('Relu', [graph.node('Conv', [padded, kernels])]);
  const means = addAveragePool(graph, { value: strengths, hasChannels: true, height, width }, { height: cells, width: cells });
  const byDirection = graph.node('Reshape', [means, graph.ints([0, DIRECTIONS, cells ** 2])]);
  const weakest = graph.node('ReduceMin', [byDirection], { axes: [1], keepdims: 1 });
  const cleared = graph.node('Sub', [byDirection, graph.node('Mul', [weakest, graph.scalar('float32', NOISE_PART)])]);
  return graph.node('Flatten', [cleared], { axis: 1 });
}

/** Sobel's differences along each direction: DIRECTIONS x 3 x 3. */
function directionKernels(): Float32Array {
  const kernels = new Float32Array(DIRECTIONS * 9);
  for (let k = 0; k < DIRECTIONS; k++) {
    const angle = (2 * Math.PI * k) / DIRECTIONS;
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    kernels.set([-x - y, -2 * y, x - y, -2 * x, 0, 2 * x, y - x, 2 * y, x + y].map((weight) => weight / 4), k * 9);
  }
  return kernels;
}

function addLog(graph: GraphBuilder, value: Value): Value {
  return graph.node('Log', [graph.node('Add', [value, graph.scalar('float32', DARKEST)])]);
}
