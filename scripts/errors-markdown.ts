import { ERROR_CATALOGUE, type ErrorDefinition, type HttpErrorCode } from '../src/core/errors.js';
import { HTTP_STATUS } from '../src/plugins/errors.js';

/** docs/errors.md, from the catalogue and the table of HTTP numbers. */
export function errorsMarkdown(): string {
  const rows = Object.entries(ERROR_CATALOGUE as Record<string, ErrorDefinition>).map(([code, { surface, description, remedy }]) => {
    const status = surface === 'http' ? String(HTTP_STATUS[code as HttpErrorCode]) : 'start';
    return `| \`${code}\` | ${status} | ${description} | ${remedy} |`;
  });
  return [
    '# Errors',
    '',
    'Every error reply is `{"error": {"code", "message", "field"?, "request_id"}}`. Replies with 503 carry `Retry-After`. Errors of the kind `start` end the process with exit code 1. Generated from `src/core/errors.ts` by `npm run docs`.',
    '',
    '| code | HTTP | meaning | what to do |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
