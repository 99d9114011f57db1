import { Agent, request } from 'node:http';

/** The parts of the replies that the demo reads. */
export interface PredictBody {
  readonly prediction_id: string;
  readonly meta_version: number;
  readonly metaerr_status: string;
  readonly predictions: readonly {
    readonly row: number;
    readonly label: string;
    readonly failure_probability: number | null;
    readonly outputs: { readonly probabilities: readonly number[] };
  }[];
}
export interface JobBody {
  readonly id: string;
  readonly state: 'waiting' | 'active' | 'completed' | 'failed' | 'cancelled';
  readonly progress: { readonly step: string; readonly done: number; readonly total: number } | null;
  readonly result: { readonly promoted: boolean; readonly meta_version: number; readonly reason: string } | null;
  readonly error: string | null;
}
export interface MetaModelsBody {
  readonly meta_models: readonly { readonly version: number; readonly state: string; readonly reason: string; readonly training: { readonly rows: number; readonly failures: number; readonly unlabelled_rows: number | null } }[];
}

/** A plain HTTP client of the service with kept-alive connections; its requests go to the servers in turn. */
export class Client {
  readonly #bases: readonly URL[];
  readonly #agent = new Agent({ keepAlive: true });
  #turn = 0;

  constructor(bases: readonly string[]) {
    this.#bases = bases.map((base) => new URL(base));
  }

  get<T>(path: string): Promise<T> {
    return this.#call<T>('GET', path, null);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#call<T>('POST', path, body === null ? null : JSON.stringify(body));
  }

  /** The same request to every server. */
  everywhere<T>(path: string): Promise<T[]> {
    return Promise.all(this.#bases.map((base) => this.#call<T>('GET', path, null, base)));
  }

  close(): void {
    this.#agent.destroy();
  }

  #next(): URL {
    const base = this.#bases[this.#turn++ % this.#bases.length];
    if (base === undefined) throw new Error('there is no server');
    return base;
  }

  #call<T>(method: string, path: string, body: string | null, base = this.#next()): Promise<T> {
    const headers: Record<string, string | number> = body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return new Promise<T>((resolve, reject) => {
      const sent = request(new URL(path, base), { method, agent: this.#agent, headers }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('error', reject);
        reply.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const status = reply.statusCode ?? 0;
          if (status >= 300) reject(new Error(`${method} ${path} answered ${status}: ${text.slice(0, 500)}`));
          else resolve(JSON.parse(text) as T);
        });
      });
      sent.on('error', reject);
      sent.end(body ?? undefined);
    });
  }
}
