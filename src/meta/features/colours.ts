import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { addBorder, addCells } from './cells.js';
import { COLOUR_CELLS } from './colour-plan.js';
import type { ColourGrids } from './colour-plan.js';
import { frequencyWeights } from './frequencies.js';
import type { GraphImage } from './graph-image.js';
import { addLighting, addMean, addRelative } from './lighting.js';
import type { Lighting } from './lighting.js';
import { addAveragePool } from './pooling.js';

/** Energy of the whole picture that counts in every neighbourhood, so that a faint texture is not made as strong as an outline. */
const GLOBAL_PART = 0.3;
/** Makes the edges of a cell about 1 in mean square. */
const EDGE_SCALE = 2;
/** Colours against edges, of which there are more. */
const COLOUR_SCALE = 0.25;

/**
 * A coloured image as numbers that its lighting does not move: the lowest frequencies of root histograms of edge directions over 8 x 8 cells, those
 * of each channel with mean 0 and mean square 1 over all, and the natural logarithms of brightness and contrast.
 * `image`: finite, [N, C, H, W] with C > 1; gives [N, colourWidth].
 *
 * Histograms of unsigned directions, of the channel where the edge is strongest, normalized by the energy of the cells around: Dalal and Triggs 2005;
 * their square roots: Arandjelovic and Zisserman 2012. Of a grid of cells the lowest cosine frequencies are kept, as JPEG keeps them of pixels: what they
 * leave out is where in its neighbourhood an edge stands, which differs between pictures of the same thing.
 */
export function addColours(graph: GraphBuilder, image: GraphImage, { pixels: size, directions, frequencies }: ColourGrids): Value {
  const { height, width, channels } = size;
  const pixels = graph.node('Reshape', [addAveragePool(graph, image, size), graph.ints([0, channels, height, width])]);
  const coarse = addAveragePool(graph, { value: pixels, hasChannels: true, height, width }, { height: COLOUR_CELLS, width: COLOUR_CELLS });
  const lighting = addLighting(graph, coarse);
  const cells = addCells(graph, addEdges(graph, pixels, size, directions), size, { directions, cells: COLOUR_CELLS });
  const edges = addFrequencies(graph, addRootShares(graph, cells, lighting), frequencies.edges, EDGE_SCALE);
  const picture = graph.node('Reshape', [addRelative(graph, lighting.centred, lighting.contrast, lighting), graph.ints([0, channels, COLOUR_CELLS ** 2])]);
  const colours = addFrequencies(graph, picture, frequencies.colours, COLOUR_SCALE);
  return graph.node('Concat', [edges, colours, ...lighting.logarithms], { axis: 1 });
}

/** Strength of the edges along each direction, that of the channel where it is largest: [N, C, height, width] to [N, directions, height, width]. */
function addEdges(graph: GraphBuilder, pixels: Value, { height, width, channels }: ColourGrids['pixels'], directions: number): Value {
  const kernels = graph.constant({ type: 'float32', dims: [directions, 1, 3, 3], data: edgeKernels(directions) }, 'edges');
  const single = graph.node('Reshape', [addBorder(graph, pixels), graph.ints([-1, 1, height + 2, width + 2])]);
  const strengths = graph.node('Abs', [graph.node('Conv', [single, kernels])]);
  const byChannel = graph.node('Reshape', [strengths, graph.ints([-1, channels, directions * height * width])]);
  return graph.node('Reshape', [graph.node('ReduceMax', [byChannel], { axes: [1], keepdims: 0 }), graph.ints([-1, directions, height, width])]);
}

/** Square roots of edges by the energy of the cells around them and of all cells. `cells`: [N, directions, cells²]. */
function addRootShares(graph: GraphBuilder, cells: Value, lighting: Lighting): Value {
  const energy = graph.node('Sqrt', [graph.node('ReduceSum', [graph.node('Mul', [cells, cells]), graph.ints([1])], { keepdims: 1 })]);
  const grid = graph.node('Reshape', [energy, graph.ints([0, 1, COLOUR_CELLS, COLOUR_CELLS])]);
  const around = graph.node('AveragePool', [addBorder(graph, grid)], { kernel_shape: [3, 3], strides: [1, 1] });
  const every = graph.node('Max', [addMean(graph, graph.node('Flatten', [energy], { axis: 1 })), lighting.flat]);
  const total = graph.node('Add', [graph.node('Flatten', [around], { axis: 1 }), graph.node('Mul', [every, graph.scalar('float32', GLOBAL_PART)])]);
  const shares = graph.node('Div', [cells, graph.node('Unsqueeze', [total, graph.ints([1])])]);
  return graph.node('Sqrt', [shares]);
}

/** The lowest frequencies of grids of cells, times `scale`: [N, grids, cells²] to [N, grids x count]. */
function addFrequencies(graph: GraphBuilder, grids: Value, count: number, scale: number): Value {
  const weights = graph.constant({ type: 'float32', dims: [COLOUR_CELLS ** 2, count], data: frequencyWeights(COLOUR_CELLS, count, scale) });
  return graph.node('Flatten', [graph.node('MatMul', [grids, weights])], { axis: 1 });
}

/** Central differences along each direction of half a circle: directions x 3 x 3. */
function edgeKernels(directions: number): Float32Array {
  const kernels = new Float32Array(directions * 9);
  for (let k = 0; k < directions; k++) {
    const angle = (Math.PI * k) / directions;
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    kernels.set([0, -y, 0, -x, 0, x, 0, y, 0], k * 9);
  }
  return kernels;
}
