import { SETTINGS } from './config.js';

interface Described {
  readonly type?: string;
  readonly default?: string | number | boolean;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** docs/configuration.md, made from the schema that checks the environment. */
export function configurationMarkdown(): string {
  const rows = Object.entries(SETTINGS.properties as Record<string, Described>).map(([name, setting]) => {
    const range = setting.minimum === undefined ? '' : ` ${setting.minimum} to ${setting.maximum}.`;
    const initial = setting.default === undefined ? 'not set' : `\`${setting.default}\``;
    return `| \`${name}\` | ${initial} | ${setting.description ?? ''}${range} |`;
  });
  return [
    '# Configuration',
    '',
    'Settings come from environment variables. All faults are reported at once and the process does not start; an unknown name that begins with `METAERR_` is a fault. Generated from `src/config.ts` by `npm run docs`.',
    '',
    '| variable | default | meaning |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
