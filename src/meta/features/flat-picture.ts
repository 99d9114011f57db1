import type { TensorInfo } from '../../engine/tensor.js';
import { dimsAfterBatch } from './row-dims.js';

/** A picture whose values are a row of numbers, so that their shape does not tell. */
export interface FlatPicture {
  readonly height: number;
  readonly width: number;
  /** 1 to 4. */
  readonly channels: number;
  /** Order of the axes in the row. */
  readonly order: 'CHW' | 'HWC';
}

/** By the name of the input whose rows they are. */
export type FlatPictures = ReadonlyMap<string, FlatPicture>;

/** The format of MNIST and its successors (EMNIST, KMNIST, Fashion-MNIST), in which a picture is most often written as a row. */
const MNIST: FlatPicture = { height: 28, width: 28, channels: 1, order: 'CHW' };

/** Numbers of a row. */
export function pictureSize({ height, width, channels }: FlatPicture): number {
  return height * width * channels;
}

/** The shape that a row becomes. */
export function pictureShape({ height, width, channels, order }: FlatPicture): readonly number[] {
  return order === 'CHW' ? [channels, height, width] : [height, width, channels];
}

/**
 * The inputs whose rows are taken for pictures where nobody says what they are: numeric ones of exactly 784 numbers in a row.
 * No other size is guessed, for tables are as wide as they like.
 */
export function guessedPictures(inputs: readonly TensorInfo[], batched: boolean): FlatPictures {
  const isGuessed = (tensor: TensorInfo): boolean => {
    const row = dimsAfterBatch(tensor, batched);
    return tensor.type !== 'string' && row.length === 1 && row[0] === pictureSize(MNIST);
  };
  return new Map(inputs.filter(isGuessed).map(({ name }) => [name, MNIST]));
}
