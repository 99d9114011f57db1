/** Class names in the exporter's own key-value pairs. */
export interface MetadataLabels {
  readonly key: string;
  /** By class index. */
  readonly names: readonly string[];
}

/** Keys under which exporters and users write class names, compared in lower case; the usual ones first. */
const KEYS = ['names', 'classes', 'class_names', 'classnames', 'labels', 'class_labels', 'id2label', 'label_names', 'categories', 'labelmap', 'label_map'];
const MOST_CHARACTERS = 1_000_000;
const MOST_NAMES = 100_000;

/** Python's literals of texts, and what else their dictionaries and lists are made of. */
const TOKEN = /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([{}[\](),:])|([^\s'"{}[\](),:]+))/gy;

interface Token {
  readonly kind: 'text' | 'word' | 'mark';
  readonly value: string;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/g, (_, wide: string | undefined, narrow: string | undefined, other: string | undefined) =>
    other === undefined ? String.fromCharCode(parseInt(wide ?? narrow ?? '0', 16)) : (ESCAPES[other] ?? other),
  );
}

function tokensOf(text: string): Token[] | null {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const found = TOKEN.exec(text);
    if (found === null) return null;
    const [, single, double, mark, word] = found;
    const quoted = single ?? double;
    if (quoted !== undefined) tokens.push({ kind: 'text', value: unescaped(quoted) });
    else if (mark !== undefined) tokens.push({ kind: 'mark', value: mark });
    else tokens.push({ kind: 'word', value: word ?? '' });
  }
  return tokens;
}

function isMark(token: Token | undefined, marks: string): boolean {
  return token?.kind === 'mark' && marks.includes(token.value);
}

/** The items between the outer brackets: one token each in a list, key and value in a dictionary. */
function itemsOf(tokens: readonly Token[]): readonly (readonly Token[])[] | null {
  const items: Token[][] = [[]];
  for (const token of tokens.slice(1, -1)) {
    if (isMark(token, '{}[]()')) return null;
    if (isMark(token, ',')) items.push([]);
    else if (!isMark(token, ':')) items.at(-1)?.push(token);
  }
  if (items.at(-1)?.length === 0) items.pop();
  return items;
}

/** Names by index, from `{0: 'cat', 1: 'dog'}`, or turned round, `{'cat': 0, 'dog': 1}`. */
function namesOfDictionary(items: readonly (readonly Token[])[]): readonly string[] | null {
  const names = new Array<string | undefined>(items.length);
  const isIndex = (token: Token | undefined) => token !== undefined && /^\d+$/.test(token.value) && Number(token.value) < items.length;
  const keyFirst = items.every(([key]) => isIndex(key));
  for (const item of items) {
    const [index, name] = keyFirst ? item : [item[1], item[0]];
    if (item.length !== 2 || !isIndex(index) || name === undefined) return null;
    names[Number(index?.value)] = name.value;
  }
  return names.every((name) => name !== undefined) ? names : null;
}

function namesOfLiteral(text: string): readonly string[] | null {
  const tokens = tokensOf(text);
  const [first] = tokens ?? [];
  if (tokens === null || first === undefined || !isMark(tokens.at(-1), '}])')) return null;
  const items = itemsOf(tokens);
  if (items === null || items.length > MOST_NAMES) return null;
  if (first.value === '{') return namesOfDictionary(items);
  return items.every((item) => item.length === 1) ? items.map(([item]) => item?.value ?? '') : null;
}

function namesOfText(text: string): readonly string[] | null {
  if (text.length > MOST_CHARACTERS) return null;
  const trimmed = text.trim();
  if (/^[[{(]/.test(trimmed)) return namesOfLiteral(trimmed);
  const names = trimmed.split(trimmed.includes('\n') ? /\r?\n/ : ',').map((name) => name.trim());
  return names.length <= MOST_NAMES && names.every((name) => name !== '') ? names : null;
}

/**
 * The class names that an exporter wrote into the model's metadata: a JSON or Python list, a dictionary from index to name or from name to
 * index, or names one a line or with commas in between. Null when there are none, or fewer than two.
 */
export function metadataLabelsOf(metadata: ReadonlyMap<string, string>): MetadataLabels | null {
  const byKey = new Map([...metadata].map(([key, text]) => [key.toLowerCase(), { key, text }]));
  for (const usual of KEYS) {
    const found = byKey.get(usual);
    const names = found === undefined ? null : namesOfText(found.text);
    if (found !== undefined && names !== null && names.length > 1) return { key: found.key, names };
  }
  return null;
}
