import type { TensorInfo } from '../engine/tensor.js';
import { guessedPictures, pictureSize } from '../meta/features/flat-picture.js';
import type { FlatPicture, FlatPictures } from '../meta/features/flat-picture.js';
import { imageAxes } from '../meta/features/image.js';
import { elementsOf } from '../meta/features/row-dims.js';
import type { LoadedModel, ModelConfig } from './contracts.js';
import { hasBatch, isRowWise, rowDims } from './row-shape.js';

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

/** What tells which inputs are pictures. */
export interface PictureEvidence extends Pick<LoadedModel, 'signature' | 'rowMode'> {
  readonly config: Pick<ModelConfig, 'features' | 'pictures'>;
}

/** The inputs that may be pictures: numbers a row, and the one that metaerr.yaml names, if any. */
export function pictureCandidates({ signature, rowMode, config }: PictureEvidence): readonly TensorInfo[] {
  const { input } = config.pictures;
  return signature.inputs.filter((info) => info.type !== 'string' && isRowWise(info, rowMode) && (input === undefined || info.name === input));
}

/** The picture that metaerr.yaml gives the size of. */
export function declaredPicture({ config }: PictureEvidence): FlatPicture | null {
  const { height, width, channels, order } = config.pictures;
  return height === undefined || width === undefined ? null : { height, width, channels, order };
}

/** The inputs whose rows have as many numbers as a picture; where none has, the first whose rows may have them. */
export function holdersOf(picture: FlatPicture, evidence: PictureEvidence): readonly TensorInfo[] {
  const inputs = pictureCandidates(evidence).map((info) => ({ info, ...elementsOf(rowDims(info, evidence.rowMode)) }));
  const size = pictureSize(picture);
  const exact = inputs.filter(({ known, fixed }) => fixed && known === size);
  const possible = inputs.filter(({ known, fixed }) => !fixed && size % known === 0).slice(0, 1);
  return (exact.length > 0 ? exact : possible).map(({ info }) => info);
}

function recognised({ name }: TensorInfo, row: readonly (number | null)[]): Picture[] {
  const axes = imageAxes(row);
  if (axes === null) return [];
  const channels = axes.channel === null ? 1 : (row[axes.channel] ?? 1);
  return [{ input: name, height: row[axes.height] ?? null, width: row[axes.width] ?? null, channels, order: axes.channel === 2 ? 'HWC' : 'CHW' }];
}

/** Whether the shape of an input says the same already. */
function isTold(picture: FlatPicture, info: TensorInfo, rowMode: PictureEvidence['rowMode']): boolean {
  const { height, width, channels, order } = picture;
  return recognised(info, rowDims(info, rowMode)).some(
    (shape) => shape.height === height && shape.width === width && shape.channels === channels && (shape.order === order || channels === 1),
  );
}

/** The inputs whose rows are pictures though their shape does not tell: those that metaerr.yaml declares, else those that are guessed. */
export function flatPictures(evidence: PictureEvidence): FlatPictures {
  const { rowMode, config } = evidence;
  const declared = declaredPicture(evidence);
  if (declared === null) return config.features.pictures === 'none' ? new Map() : guessedPictures(pictureCandidates(evidence), hasBatch(rowMode));
  const told = holdersOf(declared, evidence).filter((info) => elementsOf(rowDims(info, rowMode)).fixed && !isTold(declared, info, rowMode));
  return new Map(told.map(({ name }) => [name, declared]));
}

/** The inputs that the page shows as pictures: as metaerr.yaml says, else those whose shape or number of values is that of one. */
export function picturesOf(evidence: PictureEvidence): readonly Picture[] {
  if (evidence.config.pictures.show === 'none') return [];
  const declared = declaredPicture(evidence);
  if (declared !== null) return holdersOf(declared, evidence).map(({ name }) => ({ input: name, ...declared }));
  const flat = flatPictures(evidence);
  return pictureCandidates(evidence).flatMap((info) => {
    const guessed = flat.get(info.name);
    return guessed === undefined ? recognised(info, rowDims(info, evidence.rowMode)) : [{ input: info.name, ...guessed }];
  });
}
