import type { Test } from 'tap';
import { startApp, type TestApp, type TestAppOptions } from './http-app.js';
import { listen, rawRequest, type RawReply, type RawRequest } from './http-raw.js';
import { checkReply } from './http-schema.js';

export interface OipApp extends TestApp {
  readonly port: number;
  /** Sends a request over a socket and checks that the reply is one that the document knows, in the form of the protocol. */
  send(request: RawRequest): Promise<RawReply>;
}

/** Throws unless a reply has the form that every client of the protocol counts on. */
function checkForm({ status, headers, body, json }: RawReply): void {
  const type = headers['content-type'];
  if (type === 'application/octet-stream' && status === 200) return;
  if (type !== 'application/json') throw new Error(`the content type is ${type}`);
  if (headers['x-request-id'] === undefined) throw new Error('the reply has no x-request-id');
  if (status === 503 && !/^\d+$/.test(headers['retry-after'] ?? '')) throw new Error('503 without Retry-After');
  if (status === 200 || headers['content-encoding'] !== undefined) return;
  const fields = Object.entries(json<Record<string, unknown>>());
  if (fields.length !== 1 || fields[0]?.[0] !== 'error' || typeof fields[0][1] !== 'string') throw new Error(`no error of the protocol: ${body.toString()}`);
}

/** The app of the server behind a real socket. */
export async function startOip(t: Test, options: TestAppOptions): Promise<OipApp> {
  const test = await startApp(t, options);
  const port = await listen(test.app);
  return {
    ...test,
    port,
    async send(request) {
      const reply = await rawRequest(port, request);
      checkForm(reply);
      const plain = reply.headers['content-type'] === 'application/json' && reply.headers['content-encoding'] === undefined;
      if (reply.status !== 405) checkReply(test.app, { url: request.path, method: request.method ?? 'POST' }, reply.status, plain ? reply.json() : undefined);
      return reply;
    },
  };
}

/** A reply with binary tensors, taken apart: the JSON, and the bytes of every output that has some. */
export function parts<T extends { outputs: readonly { name: string; parameters?: { binary_data_size?: number } }[] }>(body: Buffer, headerLength: number): { json: T; binary: Record<string, Buffer> } {
  const json = JSON.parse(body.subarray(0, headerLength).toString()) as T;
  const binary: Record<string, Buffer> = {};
  let at = headerLength;
  for (const { name, parameters } of json.outputs) {
    const size = parameters?.binary_data_size;
    if (size === undefined) continue;
    binary[name] = body.subarray(at, at + size);
    at += size;
  }
  if (at !== body.length) throw new Error(`the reply has ${body.length} bytes, its JSON tells of ${at}`);
  return { json, binary };
}
