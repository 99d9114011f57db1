import { setTimeout as pause } from 'node:timers/promises';
import { createRandom } from '../../src/meta/training/random.js';
import type { Book, TruthEntry } from './distributed-book.js';
import { HttpClient, type HttpReply } from './distributed-http.js';
import { callerIdOf, inputsOf, WIDTH, type PlannedEvent, type PlannedTruth } from './distributed-plan.js';

export interface TrafficOptions {
  readonly model: string;
  /** Names and URLs of the servers; requests go to them in turn. */
  readonly servers: readonly { readonly name: string; readonly url: string }[];
  readonly events: readonly PlannedEvent[];
  readonly book: Book;
  readonly seed: number;
  /** Requests under way at the same time. */
  readonly concurrency?: number;
  /**
   * So many further requests under way, of predictions only, so that these go on while ground truths are refused; the others then are of
   * ground truths only, and wait for the predictions before them in the order of the events. Without it all are sent in this order, but for
   * what is under way together.
   */
  readonly predictionSenders?: number;
  /** Time between a prediction's answer and the next request of its sender; default none. */
  readonly predictionPauseMilliseconds?: number;
  /** Most ground truths in one request. */
  readonly batch?: number;
  /** Called once each when the share of the events has been sent; the traffic goes on meanwhile, and its end waits for them. */
  readonly faults?: readonly { readonly share: number; run(): Promise<void> }[];
  /** How long one event may be tried; default 60 s. */
  readonly patienceMilliseconds?: number;
}

interface InferReply {
  readonly parameters: { readonly metaerr_prediction_id: string; readonly metaerr_meta_version: number; readonly metaerr_status: string };
}
interface TruthReply {
  readonly results: readonly { readonly status: string; readonly reason?: string }[];
}

const RETRY_MILLISECONDS = 100;
const TURN_MILLISECONDS = 5;

/** Events that are sent in their order. */
interface Lane {
  /** With their places in the whole plan. */
  readonly events: readonly { readonly place: number; readonly event: PlannedEvent }[];
  readonly senders: number;
  /** The lane that goes first. */
  readonly after: Lane | null;
  at: number;
}

/** One lane of everything, or one of the predictions beside one of the ground truths. */
function lanesOf({ events, concurrency = 16, predictionSenders = 0 }: TrafficOptions): readonly Lane[] {
  const all = events.map((event, place) => ({ place, event }));
  if (predictionSenders === 0) return [{ events: all, senders: concurrency, after: null, at: 0 }];
  const predictions: Lane = { events: all.filter(({ event }) => event.kind === 'predict'), senders: predictionSenders, after: null, at: 0 };
  return [predictions, { events: all.filter(({ event }) => event.kind === 'truth'), senders: concurrency, after: predictions, at: 0 }];
}

/** Whether everything before this place has been begun. */
function isPast({ events, at }: Lane, place: number): boolean {
  return (events[at]?.place ?? Infinity) > place;
}

/** Sends the events in their order, `concurrency` at a time, trying again what was refused or got no reply, and writes the book. */
export async function runTraffic(options: TrafficOptions): Promise<void> {
  const traffic = new Traffic(options);
  try {
    await traffic.run();
  } finally {
    traffic.close();
  }
}

class Traffic {
  readonly #options: TrafficOptions;
  readonly #client: HttpClient;
  readonly #random;
  readonly #lanes: readonly Lane[];
  #turn = 0;
  /** The traffic is over: a request was refused for too long. */
  #failed = false;
  #gathered: PlannedTruth[] = [];
  #wanted = 1;
  #faults: { readonly share: number; run(): Promise<void> }[];
  readonly #running: Promise<void>[] = [];

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#lanes = lanesOf(options);
    this.#client = new HttpClient(this.#lanes.reduce((sum, { senders }) => sum + senders, 0));
    this.#random = createRandom(options.seed);
    this.#faults = [...(options.faults ?? [])].sort((a, b) => a.share - b.share);
  }

  async run(): Promise<void> {
    const senders = this.#lanes.flatMap((lane) => Array.from({ length: lane.senders }, () => this.#sender(lane)));
    for (const sender of senders) sender.catch(() => (this.#failed = true));
    await Promise.all(senders);
    if (this.#gathered.length > 0) await this.#record(this.#gathered);
    this.#begin(1);
    await Promise.all(this.#running);
  }

  close(): void {
    this.#client.close();
  }

  async #sender(lane: Lane): Promise<void> {
    while (lane.at < lane.events.length && !this.#failed) {
      const next = lane.events[lane.at++];
      if (next === undefined) return;
      const { place, event } = next;
      while (lane.after !== null && !this.#failed && !isPast(lane.after, place)) await pause(TURN_MILLISECONDS);
      if (event.kind === 'predict') await this.#predict(event.request, event.rows);
      else await this.#gather(event.truth);
      this.#begin(this.#sent() / this.#options.events.length);
      if (event.kind === 'predict') await this.#pause();
    }
  }

  #sent(): number {
    return this.#lanes.reduce((sum, { at }) => sum + at, 0);
  }

  async #pause(): Promise<void> {
    const { predictionPauseMilliseconds = 0 } = this.#options;
    if (predictionPauseMilliseconds > 0) await pause(predictionPauseMilliseconds);
  }

  /** Ground truths are sent in requests of random size. */
  async #gather(truth: PlannedTruth): Promise<void> {
    this.#gathered.push(truth);
    if (this.#gathered.length < this.#wanted) return;
    const truths = this.#gathered;
    this.#gathered = [];
    this.#wanted = 1 + this.#random.int(this.#options.batch ?? 40);
    await this.#record(truths);
  }

  #begin(share: number): void {
    while ((this.#faults[0]?.share ?? Infinity) <= share) {
      const fault = this.#faults.shift();
      if (fault === undefined) return;
      const run = fault.run();
      run.catch(() => undefined);
      this.#running.push(run);
    }
  }

  #server(): { readonly name: string; readonly url: string } {
    const { servers } = this.#options;
    const server = servers[this.#turn++ % servers.length];
    if (server === undefined) throw new Error('no server');
    return server;
  }

  async #predict(request: number, rows: number): Promise<void> {
    const { model, book } = this.#options;
    await this.#untilDone(async () => {
      const { name, url } = this.#server();
      const entry = book.attempt(request, rows, name);
      const data = Array.from({ length: rows }, (_, row) => inputsOf({ request, attempt: entry.attempt, row })).flat();
      const reply = await this.#send(`${url}/v2/models/${model}/infer`, { id: callerIdOf(request, entry.attempt), inputs: [{ name: 'X', datatype: 'FP32', shape: [rows, WIDTH], data }] });
      if (reply?.status !== 200) {
        book.refusedPredictions++;
        return false;
      }
      const { parameters } = JSON.parse(reply.text) as InferReply;
      entry.answer = { predictionId: parameters.metaerr_prediction_id, status: parameters.metaerr_status, metaVersion: parameters.metaerr_meta_version, at: Date.now() };
      return true;
    });
  }

  async #record(truths: readonly PlannedTruth[]): Promise<void> {
    const { book } = this.#options;
    await this.#untilDone(async () => {
      const sent = truths.map((truth) => this.#item(truth));
      const reply = await this.#send(`${this.#server().url}/v1/ground-truth`, { items: sent.map(({ item }) => item) });
      if (reply?.status !== 200) {
        book.refusedTruths++;
        return false;
      }
      const { results } = JSON.parse(reply.text) as TruthReply;
      sent.forEach(({ entry }, index) => {
        const result = results[index];
        entry.status = result?.status ?? 'missing';
        if (!ACKNOWLEDGED.has(entry.status)) book.surprise(`${JSON.stringify(entry)}: ${JSON.stringify(result)}`);
      });
      return true;
    });
  }

  #item(truth: PlannedTruth): { readonly entry: TruthEntry; readonly item: object } {
    const { book, model } = this.#options;
    const { target, predictionId } = book.current(truth.request);
    const entry = book.sending(truth, target);
    const which = truth.byPredictionId && predictionId !== null ? { prediction_id: predictionId } : { model, id: target };
    const item = { ...which, ...(truth.rowNamed && { row: truth.row }), label: truth.label, observed_at: new Date(truth.observedAt).toISOString(), source: entry.source };
    return { entry, item };
  }

  /** Null: no reply came. */
  async #send(url: string, body: object): Promise<HttpReply | null> {
    try {
      const reply = await this.#client.post(url, body);
      if (reply.status !== 200 && reply.status !== 503) this.#options.book.surprise(`${url} answered ${reply.status}: ${reply.text}`);
      if (reply.status === 503 && !/^\d+$/.test(reply.retryAfter ?? '')) this.#options.book.surprise(`${url} answered 503 without Retry-After`);
      return reply;
    } catch {
      return null;
    }
  }

  async #untilDone(attempt: () => Promise<boolean>): Promise<void> {
    const until = Date.now() + (this.#options.patienceMilliseconds ?? 150_000);
    while (!(await attempt())) {
      if (Date.now() > until) throw new Error('a request was refused for too long');
      await pause(RETRY_MILLISECONDS);
    }
  }
}

const ACKNOWLEDGED: ReadonlySet<string> = new Set(['matched', 'duplicate', 'conflict', 'pending']);
