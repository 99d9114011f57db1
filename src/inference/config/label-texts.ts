import type { Evidence, Note } from './evidence.js';
import { answersClasses } from './label-output.js';

/** Class names that are said in full; of more classes only the first are. */
const MOST_SAID = 10;

/** The names of the classes that the model itself gives, by index. */
function namedByModel({ graph }: Evidence, classes: number): readonly string[] | null {
  return [graph.classLabels, graph.metadataLabels?.names ?? null].find((names) => names?.length === classes) ?? null;
}

/** Labels that nothing names are taken for indexes where they are numbers, and all that were seen are indexes and not names of metaerr.yaml. */
function indexesOf(evidence: Evidence, labelOutput: string, given: readonly string[]): readonly string[] | null {
  if (evidence.rowOutputs.find(({ name }) => name === labelOutput)?.type === 'string') return null;
  const indexes = given.map((_, index) => String(index));
  if (evidence.observations.length === 0) return indexes;
  return answersClasses(evidence, labelOutput, new Set(indexes)) ? indexes : null;
}

/**
 * What the label output answers for each class, by index, where metaerr.yaml has other names for the classes: `0`, `1` and `2` of a model that was
 * trained on integers. Null where it answers the names of metaerr.yaml, or nobody knows which label is which class; then its labels stay as they are.
 */
export function labelTexts(evidence: Evidence, labelOutput: string | null, classes: number, note: Note): readonly string[] | null {
  const given = evidence.settings.labels;
  if (given === null || labelOutput === null) return null;
  const named = namedByModel(evidence, classes);
  if (named === null && answersClasses(evidence, labelOutput, new Set(given))) return null;
  const texts = named ?? indexesOf(evidence, labelOutput, given);
  if (texts?.every((text) => given.includes(text)) === true) return null;
  if (texts === null) {
    note(`labels: those of metaerr.yaml name the scores only; predictions carry what output ${labelOutput} answers, and ground truths must use the same.`);
    return null;
  }
  const said = texts.length > MOST_SAID ? `${texts.slice(0, MOST_SAID).join(', ')}, ...` : texts.join(', ');
  note(`labels: the classes that output ${labelOutput} calls ${said} have the names of metaerr.yaml, in this order; predictions and ground truths carry these.`);
  return texts;
}
