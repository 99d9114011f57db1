import { Agent, request } from 'node:http';

export interface HttpReply {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
}

const TIMEOUT_MILLISECONDS = 15_000;

/** A plain HTTP client with kept-alive connections; a connection that fails, or a reply that does not come, rejects. */
export class HttpClient {
  readonly #agent: Agent;

  constructor(maxSockets = 64) {
    this.#agent = new Agent({ keepAlive: true, maxSockets });
  }

  get(url: string): Promise<HttpReply> {
    return this.#send('GET', url, null);
  }

  post(url: string, body: unknown): Promise<HttpReply> {
    return this.#send('POST', url, body === null ? null : JSON.stringify(body));
  }

  /** The parsed body of a reply that must be a success. */
  async json<T>(url: string, body?: unknown): Promise<T> {
    const reply = body === undefined ? await this.get(url) : await this.post(url, body);
    if (reply.status >= 300) throw new Error(`${url} answered ${reply.status}: ${reply.text.slice(0, 500)}`);
    return JSON.parse(reply.text) as T;
  }

  /** The lines of a reply, parsed, without holding its text. */
  async *lines<T>(url: string): AsyncGenerator<T> {
    const reply = await fetch(url);
    if (!reply.ok || reply.body === null) throw new Error(`${url} answered ${reply.status}: ${await reply.text()}`);
    let rest = '';
    for await (const chunk of reply.body.pipeThrough(new TextDecoderStream())) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as T;
    }
    if (rest !== '') throw new Error(`${url} ended in mid-line`);
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, url: string, body: string | null): Promise<HttpReply> {
    const headers: Record<string, string | number> = body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, headers, agent: this.#agent, timeout: TIMEOUT_MILLISECONDS }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('error', reject);
        reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8'), retryAfter: reply.headers['retry-after'] ?? null }));
      });
      sent.on('timeout', () => sent.destroy(new Error('no reply in time')));
      sent.on('error', reject);
      sent.end(body ?? undefined);
    });
  }
}
