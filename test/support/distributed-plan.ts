import { createRandom, type Random } from '../../src/meta/training/random.js';

export const CLASSES = 3;
/** The base model sees the first four numbers of a row; the last two say which row it is, so that the ledger's raw inputs tell it too. */
export const WIDTH = 6;
const SEEN = 4;
/** Powers of two: float32 gives the numbers back exactly. */
const INDEX_SCALE = 2 ** 20;
const PART_SCALE = 2 ** 12;
const MOST_ROWS = 64;

export interface PlannedTruth {
  readonly request: number;
  readonly row: number;
  /** Whether the row is named; it may be left out where the request has one. */
  readonly rowNamed: boolean;
  readonly label: string;
  /** Milliseconds. */
  readonly observedAt: number;
  /** Whether it names the prediction by the service's own id, where that is known by then. */
  readonly byPredictionId: boolean;
}

export type PlannedEvent = { readonly kind: 'predict'; readonly request: number; readonly rows: number } | { readonly kind: 'truth'; readonly truth: PlannedTruth };

export interface PlanOptions {
  /** Prediction rows in all. */
  readonly predictions: number;
  readonly seed: number;
  /** Rows of one request: 1 to so many. */
  readonly maxRows?: number;
  /** Shares of the rows. */
  readonly labelled?: number;
  readonly duplicates?: number;
  readonly conflicts?: number;
  /** Share of the ground truths that are sent before their prediction. */
  readonly early?: number;
  /** Requests between a prediction and its ground truth, at most; before it, at most a fifth of that. */
  readonly spread?: number;
}

const OBSERVED_FROM = Date.UTC(2026, 0, 1);

/** Predictions and ground truths in the order in which they are sent; the same for the same seed. */
export function planTraffic(options: PlanOptions): readonly PlannedEvent[] {
  const { predictions, seed, maxRows = 4, labelled = 1, duplicates = 0.05, conflicts = 0.02, early = 0.2, spread = Math.max(20, predictions / 10) } = options;
  const random = createRandom(seed);
  const timed: { readonly at: number; readonly event: PlannedEvent }[] = [];
  const add = (request: number, truth: Omit<PlannedTruth, 'request' | 'byPredictionId'>) => {
    const delay = random.uniform() < early ? (-random.uniform() * spread) / 5 : random.uniform() * spread;
    timed.push({ at: request + delay, event: { kind: 'truth', truth: { request, byPredictionId: random.uniform() < 0.5, ...truth } } });
  };
  for (let planned = 0, request = 0; planned < predictions; request++) {
    const rows = Math.min(predictions - planned, 1 + random.int(maxRows));
    planned += rows;
    timed.push({ at: request, event: { kind: 'predict', request, rows } });
    for (let row = 0; row < rows; row++) {
      if (random.uniform() >= labelled) continue;
      for (const truth of truthsOf(random, duplicates, conflicts)) add(request, { row, rowNamed: rows > 1 || random.uniform() < 0.5, ...truth });
    }
  }
  return timed.sort((a, b) => a.at - b.at).map(({ event }) => event);
}

/** A label, sometimes once more, sometimes contradicted by an older or newer one, or one of the same time. */
function truthsOf(random: Random, duplicates: number, conflicts: number): { label: string; observedAt: number }[] {
  const label = random.int(CLASSES);
  const observedAt = OBSERVED_FROM + random.int(1_000_000_000);
  const later = () => observedAt + [0, -1_000, 1_000][random.int(3)]!;
  const truths = [{ label: String(label), observedAt }];
  if (random.uniform() < duplicates) truths.push({ label: String(label), observedAt: later() });
  if (random.uniform() < conflicts) truths.push({ label: String((label + 1 + random.int(CLASSES - 1)) % CLASSES), observedAt: later() });
  return truths;
}

export interface RowIdentity {
  readonly request: number;
  readonly attempt: number;
  readonly row: number;
}

/** The inputs of a row: random, and saying which row they are. */
export function inputsOf({ request, attempt, row }: RowIdentity): number[] {
  const random = createRandom(request * MOST_ROWS + row);
  return [...Array.from({ length: SEEN }, () => Math.fround(random.normal())), request / INDEX_SCALE, (attempt * MOST_ROWS + row) / PART_SCALE];
}

/** Which row has these inputs. */
export function identityOf(inputs: readonly number[]): RowIdentity {
  const part = Math.round((inputs[SEEN + 1] ?? NaN) * PART_SCALE);
  return { request: Math.round((inputs[SEEN] ?? NaN) * INDEX_SCALE), attempt: Math.floor(part / MOST_ROWS), row: part % MOST_ROWS };
}

/** The caller's own id of a request; each attempt has its own, since whether an unanswered one took effect is not known. */
export function callerIdOf(request: number, attempt: number): string {
  return `request-${request}.${attempt}`;
}
