import type { MessagePort } from 'node:worker_threads';
import type { Database } from './database.js';
import { toWire, transferables, type SqliteRequest, type SqliteResponse, type SqliteService } from './rpc.js';

/** Calls that one commit may carry; more would make the first of them wait long. */
const MAX_GROUP = 64;

type Call = Extract<SqliteRequest, { readonly kind: 'call' }>;

export interface ServeOptions {
  readonly db: Database;
  readonly services: Readonly<Record<string, SqliteService>>;
  /** Called after the last answer, when the other side asked to close. */
  onClose(): void;
}

/**
 * Answers calls from a port, in the order of their arrival. Calls that wait together run in one transaction (group commit: one
 * write to the disk for all) and are answered only after it is committed. When any of them, or the commit, fails, all of it is rolled
 * back and each runs again alone, so a fault touches only the call that has it.
 */
export function serve(port: MessagePort, { db, services, onClose }: ServeOptions): void {
  const waiting: Call[] = [];
  let closing = false;
  let scheduled = false;

  const runGroup = (group: readonly Call[]): SqliteResponse[] => {
    try {
      return db.transaction(() => group.map((call) => ({ kind: 'value', id: call.id, value: invoke(services, call) })));
    } catch (error) {
      const [only] = group;
      if (only !== undefined && group.length === 1) return [{ kind: 'error', id: only.id, error: toWire(error) }];
      return group.flatMap((call) => runGroup([call]));
    }
  };

  const drain = (): void => {
    scheduled = false;
    for (const response of runGroup(waiting.splice(0, MAX_GROUP))) {
      port.postMessage(response, response.kind === 'value' ? transferables(response.value) : []);
    }
    if (waiting.length > 0) schedule();
    else if (closing) {
      onClose();
      port.close();
    }
  };

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    // After this turn's messages have come in.
    setImmediate(drain);
  };

  port.on('message', (request: SqliteRequest) => {
    if (request.kind === 'call') waiting.push(request);
    else closing = true;
    schedule();
  });
}

function invoke(services: Readonly<Record<string, SqliteService>>, { service, method, args }: Call): unknown {
  const methods = Object.hasOwn(services, service) ? services[service] : undefined;
  const action = methods !== undefined && Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (action === undefined) throw new TypeError(`the SQLite thread has no method ${service}.${method}`);
  return action(...(args as never[]));
}
