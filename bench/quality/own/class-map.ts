import { OwnFault, shortList } from './own-fault.js';

/** How texts that name classes become class indexes of the model. */
export interface ClassMap {
  /** The index of a text among the true classes. */
  truthOf(text: string): number;
  /** The index of a text that the model answers; null where it is no class that is known. */
  answerOf(text: string): number | null;
  /** What was assumed, in words. */
  readonly note: string;
}

/** A whole number that was written with decimals, as tables with gaps are, without them. */
function canonical(text: string): string {
  return /^[+-]?\d+\.0*$/.test(text) ? String(Number(text)) : text;
}

const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text));

/** Numbers by their value, texts by their code units, as scikit-learn encodes labels. */
function sorted(texts: readonly string[]): string[] {
  return texts.every(isNumber) ? texts.toSorted((a, b) => Number(a) - Number(b)) : texts.toSorted((a, b) => (a < b ? -1 : 1));
}

const indexesOf = (texts: readonly string[]): ReadonlyMap<string, number> => new Map(texts.map((text, index) => [text, index]));

/** Looks texts up as they are, then as whole numbers. */
function lookUp(table: ReadonlyMap<string, number>, text: string): number | null {
  return table.get(text) ?? table.get(canonical(text)) ?? null;
}

function mapOf(truths: ReadonlyMap<string, number>, answers: ReadonlyMap<string, number>, note: string): ClassMap {
  return { truthOf: (text) => lookUp(truths, text) ?? -1, answerOf: (text) => lookUp(answers, text), note };
}

/**
 * The classes of the rows: by the model's own names, else by the number where all are integers from 0 to K - 1, else by the order of
 * the texts where there are K of them and the model names no classes. `names` are the model's classes by index; a model without
 * names has the indexes as text. Throws an OwnFault that says what was expected.
 */
export function mapClasses(file: string, labels: readonly string[], names: readonly string[]): ClassMap {
  const own = indexesOf(names);
  const byNumber = indexesOf(names.map((_, index) => String(index)));
  const texts = [...new Set(labels)];
  const isNamed = names.some((name, index) => name !== String(index));
  const allIn = (table: ReadonlyMap<string, number>): boolean => texts.every((text) => lookUp(table, text) !== null);
  if (allIn(own)) return mapOf(own, own, isNamed ? 'the names of the classes in the model' : 'the index of the class');
  if (allIn(byNumber)) return mapOf(byNumber, own, 'the index of the class, for no other numbers occur');
  const stranger = texts.find((text) => lookUp(own, text) === null) ?? '';
  if (isNamed) throw new OwnFault(file, 'column label', `'${stranger}' is no class of the model; it has ${shortList(names)}`);
  const distinct = sorted([...new Set(texts.map(canonical))]);
  if (distinct.length !== names.length) {
    const expected = `expected integers from 0 to ${names.length - 1}, or ${names.length} different texts, as many as the model has classes`;
    throw new OwnFault(file, 'column label', `${expected}, got ${distinct.length} such as '${stranger}'; labels in metaerr.yaml name the classes`);
  }
  const byOrder = indexesOf(distinct);
  return mapOf(byOrder, byOrder, `the ${distinct.length} texts in their order: ${shortList(distinct)}`);
}
