import { randomUUID } from 'node:crypto';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { answerClientError } from './plugins/client-errors.js';
import { answerFrameworkError, useErrors } from './plugins/errors.js';

export interface ServerOptions {
  readonly logger: FastifyBaseLogger;
  /** Longest time for a request to arrive. */
  readonly requestMilliseconds: number;
  /** Largest body, where it is not that of Fastify. */
  readonly bodyLimitBytes?: number;
}

/** The HTTP server of any process, without routes: how long it waits, and how it says what goes wrong. */
export function createServer({ logger, requestMilliseconds, bodyLimitBytes }: ServerOptions): FastifyInstance {
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    ...(bodyLimitBytes !== undefined && { bodyLimit: bodyLimitBytes }),
    genReqId: () => randomUUID(),
    requestIdHeader: 'x-request-id',
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    requestTimeout: requestMilliseconds,
    // Slow or dead clients that hold sockets are bounded here: headers come at once, and a socket on which nothing moves is closed. That
    // time also bounds a reply that is silent until it is ready (a long run, a model being loaded).
    http: { headersTimeout: 60_000, requireHostHeader: false },
    connectionTimeout: 600_000,
    keepAliveTimeout: 75_000,
    // The names of models have up to 128 characters.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 256 },
  });
  useErrors(app);
  return app;
}
