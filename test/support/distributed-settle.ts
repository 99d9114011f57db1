import { HttpClient } from './distributed-http.js';
import { within } from './within.js';

const SETTLE_MILLISECONDS = 150_000;

/** Resolves when no server holds predictions that are not in the ledger yet; nothing may be sent meanwhile. */
export async function whenWritten(urls: readonly string[]): Promise<void> {
  const client = new HttpClient();
  try {
    await within(SETTLE_MILLISECONDS, async () => (await Promise.all(urls.map((url) => bufferedRows(client, url)))).every((rows) => rows === 0));
  } finally {
    client.close();
  }
}

async function bufferedRows(client: HttpClient, url: string): Promise<number> {
  const { text } = await client.get(`${url}/metrics`);
  return Number(/^metaerr_ledger_queue_rows (\d+)$/m.exec(text)?.[1] ?? NaN);
}
