/** One sample of the Prometheus text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the Prometheus text format, as far as the service writes it. */
export function samplesOf(text: string): Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value = ''] = /^([a-zA-Z_]\w*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (name === '') throw new Error(`not a sample: ${line}`);
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => [label, text] as const);
      return { name, labels: Object.fromEntries(pairs), value: Number(value) };
    });
}

/** The sum over the series of a name that have these labels; NaN where there is none. */
export function sumOf(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number {
  const found = samples.filter((each) => each.name === name && Object.entries(labels).every(([label, text]) => each.labels[label] === text));
  return found.length === 0 ? NaN : found.reduce((sum, { value }) => sum + value, 0);
}

/** A series as text, without its value. */
export function seriesOf({ name, labels }: Sample): string {
  return `${name}{${Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`).join(',')}}`;
}
