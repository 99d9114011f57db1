import { createHash } from 'node:crypto';
import type { TensorInfo } from '../../engine/tensor.js';
import { augmentationOf, behaviourWidth } from './behaviour-layout.js';
import { fairShares } from './budget.js';
import { colourWidth, planColours } from './colour-plan.js';
import { gradientWidth, planGradients } from './gradient-plan.js';
import type { FlatPictures } from './flat-picture.js';
import { imageDemand, pooledGrid } from './image.js';
import type { ImageAxes } from './image.js';
import type { BehaviourLayout, FeatureLayout, InputFeature, ScoreKind, SeriesColumns } from './layout.js';
import { mirroredColumns } from './mirrored-columns.js';
import { pictureInputs } from './mirror.js';
import { elementsOf } from './row-dims.js';
import { rowForm } from './row-form.js';
import type { RowForm } from './row-form.js';
import { planSeries, seriesShape, seriesWidth } from './series-plan.js';
import type { SeriesReading, SeriesShape } from './series-plan.js';
import { STATISTICS } from './statistics.js';
import { HASH_BUCKETS } from './string-hash.js';
import { LEAST_TEXT_WIDTH } from './text-hash.js';

/** The base model's output that holds the class scores, and how it is read. */
export interface ScoreSource {
  readonly output: TensorInfo;
  readonly kind: ScoreKind;
}

export interface FeaturePlan {
  /** Inputs of the base model. */
  readonly inputs: readonly TensorInfo[];
  /** Outputs that are features as well (the value of a regression, numeric outputs of a custom task). */
  readonly outputs: readonly TensorInfo[];
  /** Whether dimension 0 of every input is the batch; without, a run is one row. */
  readonly batched: boolean;
  /** Null without classes. */
  readonly source: ScoreSource | null;
  readonly behaviour: BehaviourLayout;
  /** Most numbers of the input features of a row. */
  readonly maxWidth: number;
  /** Inputs whose rows are pictures though their shape does not tell. Null: no tensor is described as a picture, whatever its shape. */
  readonly pictures: FlatPictures | null;
  /** Which inputs are taken for series. */
  readonly series: SeriesReading;
  /** String inputs that hold free texts; those of others are categories. */
  readonly texts: ReadonlySet<string>;
  /** Inputs that hold ids of tokens, by name: the input that says which of them count, or null. */
  readonly tokens: ReadonlyMap<string, string | null>;
}

/** Rows that yield no number at all have one that is always 0, so that they can be stored and learnt from as any others. */
const NOTHING_WIDTH = 1;

/** Grows when the arithmetic of the feature graph changes, so that old features are not mixed with new ones. */
const FORMAT = 1;

/**
 * Decides how every input (and output taken as a feature) becomes numbers within `maxWidth` a row. Numeric tensors are
 * taken as they are where their fair share allows it; larger images, by their shape or in flat rows, become histograms of
 * gradient directions and a coarse picture (of coloured ones the lowest frequencies of both), or that picture alone where
 * there is little room; all else is summarized by statistics and a fixed-seed projection, variable dimensions pooled first.
 * Strings are hashed outside the graph, free texts by their words; ids of tokens are hashed inside it. Rows without any
 * number have the constant 0.
 */
export function planFeatures(plan: FeaturePlan): FeatureLayout {
  const tensors = [...plan.inputs, ...plan.outputs];
  const demands = tensors.map((tensor, index) => demandOf(tensor, index < plan.inputs.length, plan));
  const shares = fairShares(demands, plan.maxWidth);
  const inputs = tensors.map((tensor, index) => inputFeature(tensor, shares[index] ?? 0, plan));
  const numbers = inputs.reduce((sum, input) => sum + input.width, 0);
  const behaviour = behaviourWidth(plan.behaviour);
  const inputWidth = numbers + behaviour === 0 ? NOTHING_WIDTH : numbers;
  const mirror = augmentationOf(plan.behaviour) === null ? null : mirroredColumns(inputs, new Set(pictureInputs(plan.inputs, plan.batched, plan.pictures).map(({ tensor }) => tensor.name)));
  const layout = { inputs, inputWidth, behaviour: plan.behaviour, width: inputWidth + behaviour };
  const series = seriesColumns(inputs);
  // Mirror and series follow from the rest.
  return { ...layout, ...(mirror !== null && { mirror }), ...(series.length > 0 && { series }), schema: schemaDigest(layout, plan) };
}

/** Numbers that a tensor would fill if it could. */
function demandOf(tensor: TensorInfo, isInput: boolean, plan: FeaturePlan): number {
  // A string output is known only after the run, too late for hashing on the way in.
  if (tensor.type === 'string') return isInput ? (plan.texts.has(tensor.name) ? plan.maxWidth : HASH_BUCKETS) : 0;
  if (plan.tokens.has(tensor.name)) return plan.maxWidth;
  if ([...plan.tokens.values()].includes(tensor.name)) return 0;
  const form = rowForm(tensor, plan.batched, plan.pictures);
  const { dims, axes } = form;
  if (axes !== null) return imageDemand(dims, axes);
  if (seriesOf(tensor, form, plan) !== null) return plan.maxWidth;
  const { known, fixed } = elementsOf(dims);
  return fixed ? known : known * STATISTICS;
}

function inputFeature(tensor: TensorInfo, share: number, plan: FeaturePlan): InputFeature {
  const { batched, pictures, texts } = plan;
  if (share === 0) return { tensor, method: 'skip', width: 0 };
  if (tensor.type === 'string') return { tensor, method: texts.has(tensor.name) && share >= LEAST_TEXT_WIDTH ? 'text' : 'hash', width: share };
  if (plan.tokens.has(tensor.name) && share >= LEAST_TEXT_WIDTH) return tokenFeature(tensor, share, plan);
  const form = rowForm(tensor, batched, pictures);
  const series = seriesFeature(tensor, form, share, plan);
  if (series !== null) return series;
  const { known, fixed } = elementsOf(form.dims);
  if (fixed && share >= known) return { tensor, method: 'identity', width: known };
  const { axes, picture } = form;
  if (axes === null) return { tensor, method: 'projection', width: share };
  const feature = imageFeature(tensor, form, axes, share);
  return picture === null ? feature : { ...feature, picture };
}

/** Where its rows are series; pictures are none, nor are outputs. */
function seriesOf(tensor: TensorInfo, { dims, axes }: RowForm, { inputs, series }: FeaturePlan): SeriesShape | null {
  return axes === null && inputs.includes(tensor) ? seriesShape(dims, series) : null;
}

function seriesFeature(tensor: TensorInfo, form: RowForm, share: number, plan: FeaturePlan): InputFeature | null {
  const shape = seriesOf(tensor, form, plan);
  const series = shape === null ? null : planSeries(shape, share);
  return series === null ? null : { tensor, method: 'series', width: seriesWidth(series), series };
}

/** Where the series that are described twice stand among the input features. */
function seriesColumns(inputs: readonly InputFeature[]): readonly SeriesColumns[] {
  let end = 0;
  return inputs.flatMap(({ width, series }) => {
    const start = end;
    end += width;
    return series?.values === undefined ? [] : [{ start, middle: start + series.values, end }];
  });
}

function tokenFeature(tensor: TensorInfo, width: number, { tokens, inputs }: FeaturePlan): InputFeature {
  const mask = inputs.find(({ name }) => name === tokens.get(tensor.name));
  return { tensor, method: 'tokens', width, ...(mask !== undefined && { mask }) };
}

function imageFeature(tensor: TensorInfo, { dims, offset }: RowForm, axes: ImageAxes, share: number): InputFeature {
  const at = { heightAxis: axes.height + offset, widthAxis: axes.width + offset };
  const colours = planColours(dims, axes, share);
  if (colours !== null) return { tensor, method: 'colours', width: colourWidth(colours), colours: { ...at, ...colours } };
  const gradients = planGradients(dims, axes, share);
  if (gradients !== null) return { tensor, method: 'gradients', width: gradientWidth(gradients), gradients: { ...at, ...gradients } };
  const { height, width, channels } = pooledGrid(dims, axes, share);
  return { tensor, method: 'average_pool', width: height * width * channels, pool: { ...at, height, width } };
}

/** The first 16 hexadecimal characters of the SHA-256 of all that the numbers of a feature vector depend on. */
function schemaDigest(layout: Omit<FeatureLayout, 'schema' | 'mirror' | 'series'>, { batched, source }: FeaturePlan): string {
  const scores = source === null ? null : [source.output.name, source.output.type, source.kind];
  return createHash('sha256').update(JSON.stringify({ format: FORMAT, layout, batched, scores })).digest('hex').slice(0, 16);
}
