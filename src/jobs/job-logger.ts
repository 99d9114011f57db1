import type { Logger } from '../core/logger.js';
import type { Job } from './queue.js';

/** A logger whose every line tells the job, the request that asked for it, and what else is given. */
export function jobLogger(logger: Logger, { id, requestId, model, version, trigger }: Job, further: Readonly<Record<string, string>>): Logger {
  const fields = { job: id, request_id: requestId, model, version, trigger, ...further };
  return {
    debug: (more, message) => logger.debug({ ...fields, ...more }, message),
    info: (more, message) => logger.info({ ...fields, ...more }, message),
    warn: (more, message) => logger.warn({ ...fields, ...more }, message),
    error: (more, message) => logger.error({ ...fields, ...more }, message),
  };
}
