import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { addBorder, addCells } from './cells.js';
import { DIRECTIONS } from './gradient-plan.js';
import type { GradientGrids } from './gradient-plan.js';
import { addGray } from './graph-image.js';
import type { GraphImage } from './graph-image.js';
import { addLighting, addMean, addRelative } from './lighting.js';
import { addAveragePool } from './pooling.js';

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
  const lighting = addLighting(graph, pixels);
  const histograms = addHistograms(graph, graph.node('Reshape', [addAveragePool(graph, gray, size), graph.ints([0, 1, size.height, size.width])]), size, cells);
  const shares = addRelative(graph, histograms, addMean(graph, histograms), lighting);
  return graph.node('Concat', [graph.node('Sqrt', [shares]), addRelative(graph, lighting.centred, lighting.contrast, lighting), ...lighting.logarithms], { axis: 1 });
}

/** Mean strength of the gradients towards each direction in each cell, less what noise gives to all of them: [N, DIRECTIONS x cells x cells]. */
function addHistograms(graph: GraphBuilder, gray: Value, size: GradientGrids['gray'], cells: number): Value {
  const kernels = graph.constant({ type: 'float32', dims: [DIRECTIONS, 1, 3, 3], data: directionKernels() }, 'directions');
  const strengths = graph.node('Relu', [graph.node('Conv', [addBorder(graph, gray), kernels])]);
  return graph.node('Flatten', [addCells(graph, strengths, size, { directions: DIRECTIONS, cells })], { axis: 1 });
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
