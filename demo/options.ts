import { parseArgs } from 'node:util';
import { DATASETS, type DatasetName } from './datasets.js';

export interface DemoOptions {
  /** Two servers, two workers and a Redis instead of one process. */
  readonly distributed: boolean;
  readonly exit: boolean;
  /** Ground truths to deliver; null takes the data set's own number. */
  readonly labels: number | null;
  readonly data: DatasetName;
  readonly json: string | null;
  readonly seed: number;
}

export const USAGE = `npm run demo -- [--data ${DATASETS.join('|')}] [--labels N] [--seed N] [--json FILE] [--distributed] [--exit]

  --data    the committed data set that is streamed (default fashion)
  --labels  stop after N ground truths
  --seed    seed of the base model (default 1)
  --json    write the figures to a file
  --distributed
            two servers, two workers and a redis-server, each a process of its own
  --exit    end after the figures instead of serving on`;

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} takes a whole number, not ${text}`);
  return value;
}

/** Reads the command line; throws with a message for people. */
export function readOptions(args: readonly string[]): DemoOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      exit: { type: 'boolean', default: false },
      distributed: { type: 'boolean', default: false },
      labels: { type: 'string' },
      data: { type: 'string', default: 'fashion' },
      json: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  });
  if (values.help === true) return 'help';
  const data = DATASETS.find((name) => name === values.data);
  if (data === undefined) throw new Error(`--data takes one of ${DATASETS.join(', ')}, not ${values.data}`);
  const labels = values.labels === undefined ? null : wholeNumber('labels', values.labels);
  return { exit: values.exit, distributed: values.distributed, labels, data, json: values.json ?? null, seed: wholeNumber('seed', values.seed) };
}
