import { MetaErrError } from '../../core/errors.js';
import type { Evidence, Note } from './evidence.js';

/**
 * Class names by index: metaerr.yaml, else the graph, else its metadata, else the index as text. Throws MODEL_UNAVAILABLE when metaerr.yaml has
 * another number of names than the model has classes.
 */
export function decideLabels(evidence: Evidence, classes: number, labelOutput: string | null, note: Note): readonly string[] {
  const given = evidence.settings.labels;
  if (given !== null) {
    if (given.length === classes) return given;
    throw new MetaErrError('MODEL_UNAVAILABLE', `metaerr.yaml: labels: expected ${classes} class names, one for every class of the model, got ${given.length}`);
  }
  const { classLabels, metadataLabels } = evidence.graph;
  if (classLabels?.length === classes) {
    note(`labels: the ${classes} class names in the model.`);
    return classLabels;
  }
  if (metadataLabels?.names.length === classes) {
    note(`labels: the ${classes} class names in the model's metadata, under the key ${metadataLabels.key}.`);
    return metadataLabels.names;
  }
  const own = classLabels ?? metadataLabels?.names;
  const ignored = own === undefined ? '' : ` The model names ${own.length} classes, which does not fit.`;
  const answered = labelOutput === null ? '' : ` Predictions carry the label of output ${labelOutput}.`;
  note(`labels: the index of the class, 0 to ${classes - 1}, because neither metaerr.yaml nor the model names ${classes} classes.${ignored}${answered}`);
  return Array.from({ length: classes }, (_, index) => String(index));
}
