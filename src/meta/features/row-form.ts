import type { TensorInfo } from '../../engine/tensor.js';
import { pictureShape } from './flat-picture.js';
import type { FlatPictures } from './flat-picture.js';
import { imageAxes } from './image.js';
import type { ImageAxes } from './image.js';
import { dimsAfterBatch, hasBatchAxis } from './row-dims.js';

/** What a row of a numeric tensor is described as. */
export interface RowForm {
  /** Its dimensions, without the batch. */
  readonly dims: readonly (number | null)[];
  /** Where it is an image. */
  readonly axes: ImageAxes | null;
  /** Number of axes before those of the row. */
  readonly offset: 0 | 1;
  /** `dims` of a picture that the shape of the tensor does not tell. */
  readonly picture: readonly number[] | null;
}

/** Takes a row for an image where its own shape or `pictures` says so, and where a picture is large enough to be one; never where `pictures` is null. */
export function rowForm(tensor: TensorInfo, batched: boolean, pictures: FlatPictures | null): RowForm {
  const declared = pictures?.get(tensor.name);
  const picture = declared === undefined ? null : pictureShape(declared);
  const pictureAxes = picture === null ? null : imageAxes(picture);
  if (picture !== null && pictureAxes !== null) return { dims: picture, axes: pictureAxes, offset: 1, picture };
  const dims = dimsAfterBatch(tensor, batched);
  return { dims, axes: pictures === null ? null : imageAxes(dims), offset: hasBatchAxis(tensor, batched) ? 1 : 0, picture: null };
}
