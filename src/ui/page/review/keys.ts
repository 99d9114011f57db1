const DIGITS = '1234567890';
/** Those that mean something else are left out: j and k move, u goes back, x says wrong. */
const LETTERS = 'abcdefghilmnopqrstvwyz';
/** With more classes than this, they are chosen in a field. */
export const MOST_CLASS_BUTTONS = 32;

const isOneKey = (label: string): boolean => /^[a-z0-9]$/i.test(label);

/**
 * The key of each class: the label itself where every label is one letter or digit, else digits and then letters in the order of
 * the classes.
 */
export function classKeys(labels: readonly string[]): ReadonlyMap<string, string> {
  const lower = labels.map((label) => label.toLowerCase());
  if (labels.every(isOneKey) && new Set(lower).size === labels.length) return new Map(lower.map((key, index) => [key, labels[index] ?? '']));
  const keys = [...DIGITS, ...LETTERS];
  return new Map(labels.slice(0, keys.length).map((label, index) => [keys[index] ?? '', label]));
}
