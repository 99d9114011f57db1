import type { TensorInfo } from '../engine/tensor.js';
import { imageAxes } from '../meta/features/image.js';
import type { LoadedModel } from './contracts.js';
import { isRowWise, rowDims } from './row-shape.js';

/** An input whose rows can be shown as pictures. */
export interface Picture {
  readonly input: string;
  /** Null where it is known only of each row. */
  readonly height: number | null;
  readonly width: number | null;
  /** 1 to 4: grey, grey and alpha, RGB, RGBA. */
  readonly channels: number;
  /** Order of the axes in the row's values. */
  readonly order: 'CHW' | 'HWC';
}

/** The inputs of a model that are images: as metaerr.yaml says, else those whose shape is that of one. */
export function picturesOf({ signature, rowMode, config }: Pick<LoadedModel, 'signature' | 'rowMode' | 'config'>): readonly Picture[] {
  const { show, input, height, width, channels, order } = config.pictures;
  if (show === 'none') return [];
  const inputs = signature.inputs.filter((info) => info.type !== 'string' && isRowWise(info, rowMode) && (input === undefined || info.name === input));
  if (height !== undefined && width !== undefined) return inputs.slice(0, 1).map(({ name }) => ({ input: name, height, width, channels, order }));
  return inputs.flatMap((info) => recognised(info, rowDims(info, rowMode)));
}

function recognised({ name }: TensorInfo, row: readonly (number | null)[]): Picture[] {
  const axes = imageAxes(row);
  if (axes === null) return [];
  const channels = axes.channel === null ? 1 : (row[axes.channel] ?? 1);
  return [{ input: name, height: row[axes.height] ?? null, width: row[axes.width] ?? null, channels, order: axes.channel === 2 ? 'HWC' : 'CHW' }];
}
