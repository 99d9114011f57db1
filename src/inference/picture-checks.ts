import { MetaErrError } from '../core/errors.js';
import { pictureSize } from '../meta/features/flat-picture.js';
import type { FlatPicture } from '../meta/features/flat-picture.js';
import { imageAxes } from '../meta/features/image.js';
import { elementsOf } from '../meta/features/row-dims.js';
import { declaredPicture, flatPictures, holdersOf, pictureCandidates } from './pictures.js';
import type { PictureEvidence } from './pictures.js';
import { rowDims } from './row-shape.js';

function unfit(key: string, message: string): MetaErrError {
  return new MetaErrError('MODEL_UNAVAILABLE', `metaerr.yaml: ${key}: ${message}`);
}

function sizeText(row: readonly (number | null)[]): string {
  const { known, fixed } = elementsOf(row);
  return fixed ? String(known) : `any multiple of ${known}`;
}

/** Throws MODEL_UNAVAILABLE where `pictures` of metaerr.yaml names an input that the model has not, or a size that no input has. */
export function refuseUnfitPictures(evidence: PictureEvidence): void {
  const { input } = evidence.config.pictures;
  const { inputs } = evidence.signature;
  if (input !== undefined && !inputs.some(({ name }) => name === input)) {
    throw unfit('pictures.input', `the model has no input ${input}; it has ${inputs.map(({ name }) => name).join(', ')}`);
  }
  const declared = declaredPicture(evidence);
  if (declared === null || holdersOf(declared, evidence).length > 0) return;
  const { height, width, channels } = declared;
  const sizes = pictureCandidates(evidence).map((info) => `${info.name} has ${sizeText(rowDims(info, evidence.rowMode))}`);
  const found = sizes.length > 0 ? sizes.join(', ') : input === undefined ? 'no input has rows of numbers' : `${input} has rows of no numbers`;
  throw unfit('pictures', `${height} x ${width} x ${channels} are ${pictureSize(declared)} numbers a row, but ${found}`);
}

/** What was assumed of the pictures of a model, in words. */
export function pictureNotes(evidence: PictureEvidence): readonly string[] {
  const { rowMode, config } = evidence;
  if (config.features.pictures === 'none') return [];
  const declared = declaredPicture(evidence);
  if (declared === null) return [...flatPictures(evidence)].map(([input, picture]) => guessText(input, picture));
  const unsized = holdersOf(declared, evidence).map((info) => ({ name: info.name, row: rowDims(info, rowMode) }));
  return unsized.filter(({ row }) => row.includes(null) && imageAxes(row) === null).map(({ name }) => unsizedText(name, declared));
}

function guessText(input: string, { height, width }: FlatPicture): string {
  return `pictures: the ${height * width} numbers of ${input} are taken for a grey picture of ${height} x ${width}, as in MNIST; features.pictures: none takes them for a table.`;
}

function unsizedText(input: string, { height, width }: FlatPicture): string {
  return `pictures: the model takes rows of any length as ${input}, so they are shown as pictures of ${height} x ${width}, but described as a table.`;
}
