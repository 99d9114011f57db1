import { ELEMENT_TYPE_NUMBERS } from '../../engine/onnx/elements.js';
import type { GraphBuilder, Value } from '../../engine/onnx/graph-builder.types.js';
import { KERNEL_LENGTH, channelMix, leastLength, seriesLevels } from './series-kernels.js';
import type { SeriesLevel } from './series-kernels.js';
import type { SeriesFeature } from './series-plan.js';
import { addRootMeanSquare } from './statistics.js';

/** What stands out counts a tenth of how often: it moves over several units, the latter between 0 and 1. */
const [PEAK_SCALE, SHARE_SCALE, SHIFT_SCALE] = [0.1, 1, 0.5] as const;
/** Brings all numbers to about 1, as those of other inputs are. */
const SCALE = 4;
/** A channel that moves less than this part of its size does not move but by rounding. */
const ROUNDING = 1e-5;
const TINY = 1e-15;
/** Parts below which a channel's spread says no more: of its size, how far from 0 it is; of that of all channels, how weak. */
const LEAST_PART = 0.01;
/** The strength of nothing, so that its logarithm is no outlier of outliers. */
const FAINTEST = 1e-3;

/**
 * A series as numbers that do not depend on when something happens in it: random convolutions at several levels of detail, of each how much it stands out
 * at most, for what share of the time it is above its threshold, and whether rather in the second half than in the first; and level and strength of the
 * channels. `value`: finite float32 [N, ...row]; `axes`: how many a row has, those but time and channels of size 1. Gives [N, seriesWidth].
 *
 * Random convolutions with maximum and share of positive values: ROCKET (Dempster, Petitjean and Webb 2020). Here longer kernels look at means of windows
 * in place of single values, so that noise is averaged away; and there are few, because the numbers are stored with every prediction.
 */
export function addSeries(graph: GraphBuilder, value: Value, axes: number, series: SeriesFeature): Value {
  const channelled = addChannels(graph, value, axes, series);
  const mean = graph.node('ReduceMean', [channelled], { axes: [2], keepdims: 1 });
  const centred = graph.node('Sub', [channelled, mean]);
  const size = addRootMeanSquare(graph, channelled, [2]);
  const spread = graph.node('Max', [addRootMeanSquare(graph, centred, [2]), addScaled(graph, size, ROUNDING), graph.scalar('float32', TINY)]);
  const mixed = mixerOf(graph, series);
  const relative = mixed(graph.node('Div', [centred, spread]));
  const levels = seriesLevels(series.length, series.seen, series.kernels);
  const filled = series.length === null ? addFilled(graph, relative, leastLength(levels.map(({ window }) => window))) : relative;
  const parts = [...addStrengths(graph, { mean, size, spread }, series.channels, mixed), ...levels.flatMap((level) => addLevel(graph, filled, level, series))];
  return addScaled(graph, graph.node('Concat', parts, { axis: 1 }), SCALE);
}

/** [N, channels, time]. `axes`: those of a row. */
function addChannels(graph: GraphBuilder, value: Value, axes: number, { timeFirst, channels }: SeriesFeature): Value {
  const shaped = axes === 2 && channels > 1 ? value : graph.node('Reshape', [value, graph.ints(timeFirst ? [0, -1, channels] : [0, channels, -1])]);
  return timeFirst ? graph.node('Transpose', [shaped], { perm: [0, 2, 1] }) : shaped;
}

/** [N, channels, n] to [N, seen, n]: sums with random signs, where there are too many channels to look at each. */
type Mixer = (value: Value) => Value;

function mixerOf(graph: GraphBuilder, { channels, seen }: SeriesFeature): Mixer {
  if (seen === channels) return (value) => value;
  const mix = graph.node('Transpose', [graph.constant({ type: 'float32', dims: [channels, seen], data: channelMix(channels, seen) })], { perm: [1, 0] });
  return (value) => graph.node('MatMul', [mix, value]);
}

/** Zeros, which are the mean, after a series that is too short. */
function addFilled(graph: GraphBuilder, value: Value, length: number): Value {
  const lacking = graph.node('Max', [graph.node('Sub', [graph.ints([length]), addLength(graph, value)]), graph.ints([0])]);
  return graph.node('Pad', [value, graph.node('Concat', [graph.ints([0, 0, 0, 0, 0]), lacking], { axis: 0 })]);
}

/** int64 [1]: steps of [N, channels, time]. */
function addLength(graph: GraphBuilder, value: Value): Value {
  return graph.node('Slice', [graph.node('Shape', [value]), graph.ints([2]), graph.ints([3])]);
}

/** Mean, root mean square and root mean square around the mean of each channel, [N, channels, 1]. */
interface ChannelStatistics {
  readonly mean: Value;
  readonly size: Value;
  readonly spread: Value;
}

/** Of each channel how far from 0 it is, by its spread; of several, the logarithms of their spreads by that of all; and the logarithm of the latter. */
function addStrengths(graph: GraphBuilder, { mean, size, spread }: ChannelStatistics, channels: number, mixed: Mixer): Value[] {
  const flat = (value: Value): Value => graph.node('Flatten', [value], { axis: 1 });
  const log = (value: Value, least: number): Value => graph.node('Log', [graph.node('Add', [value, graph.scalar('float32', least)])]);
  const level = graph.node('Asinh', [graph.node('Div', [mean, graph.node('Add', [spread, addScaled(graph, size, LEAST_PART)])])]);
  if (channels === 1) return [flat(level), flat(log(spread, FAINTEST))];
  const every = addRootMeanSquare(graph, spread, [1]);
  const shares = log(graph.node('Div', [spread, every]), LEAST_PART);
  return [...[level, shares].map((value) => flat(mixed(value))), flat(log(every, FAINTEST))];
}

function addScaled(graph: GraphBuilder, value: Value, scale: number): Value {
  return scale === 1 ? value : graph.node('Mul', [value, graph.scalar('float32', scale)]);
}

/** Three tensors [N, kernels] of one level of detail. */
function addLevel(graph: GraphBuilder, value: Value, level: SeriesLevel, { seen, length }: SeriesFeature): Value[] {
  const { window, dilation, kernels, weights, thresholds } = level;
  if (kernels === 0) return [];
  const stride = Math.max(1, window / 2);
  const means = window === 1 ? value : graph.node('AveragePool', [value], { kernel_shape: [window], strides: [stride] });
  const margin = (dilation * (KERNEL_LENGTH - 1)) / 2;
  const kernel = graph.constant({ type: 'float32', dims: [kernels, seen, KERNEL_LENGTH], data: weights }, 'kernels');
  const response = graph.node('Conv', [means, kernel, graph.floats(thresholds)], { dilations: [dilation], pads: [margin, margin] });
  const above = graph.node('Cast', [graph.node('Greater', [response, graph.scalar('float32', 0)])], { to: ELEMENT_TYPE_NUMBERS.float32 });
  const halves = length === null ? addVariableHalves(graph, above) : addHalves(graph, Math.floor((length - window) / stride) + 1);
  const over = { axes: [2], keepdims: 0 };
  return [
    addScaled(graph, graph.node('ReduceMax', [response], over), PEAK_SCALE),
    addScaled(graph, graph.node('ReduceMean', [above], over), SHARE_SCALE),
    addScaled(graph, graph.node('Flatten', [graph.node('MatMul', [above, halves])], { axis: 1 }), SHIFT_SCALE),
  ];
}

/** Weights [steps, 1] that give the share in the second half less that in the first, by 2. */
function addHalves(graph: GraphBuilder, steps: number): Value {
  return graph.constant({ type: 'float32', dims: [steps, 1], data: Float32Array.from({ length: steps }, (_, i) => Math.sign(2 * i + 1 - steps) / steps) });
}

/** The same as operators, for the steps of `above`, [N, kernels, steps]. */
function addVariableHalves(graph: GraphBuilder, above: Value): Value {
  const scalar = (value: number): Value => graph.scalar('float32', value);
  const steps = graph.node('Cast', [graph.node('Squeeze', [addLength(graph, above)])], { to: ELEMENT_TYPE_NUMBERS.float32 });
  const places = graph.node('Range', [scalar(0), steps, scalar(1)]);
  const after = graph.node('Sub', [graph.node('Add', [graph.node('Mul', [places, scalar(2)]), scalar(1)]), steps]);
  return graph.node('Unsqueeze', [graph.node('Div', [graph.node('Sign', [after]), steps]), graph.ints([1])]);
}
