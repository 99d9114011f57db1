/** Characters after which a text is handed on: some milliseconds of work, so that other requests get their turn. */
const TEXT_CHARACTERS = 131_072;

/** So many lines in texts, none of them much longer than a bound or one line. */
export function* turnedInto(count: number, line: (i: number) => string): Generator<string> {
  let text = '';
  for (let i = 0; i < count; i++) {
    text += line(i);
    if (text.length < TEXT_CHARACTERS) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** A line of NDJSON: the fields, then `inputs`, which are JSON text already: reading them would cost digits of long integers. */
export function lineWithInputs(fields: object, inputs: string | null): string {
  // A line break in JSON is white space.
  return `${JSON.stringify(fields).slice(0, -1)},"inputs":${inputs === null ? 'null' : inputs.replace(/[\r\n]+/g, ' ')}}\n`;
}
