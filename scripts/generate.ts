import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createApp } from '../src/app.js';
import { configurationMarkdown } from '../src/config-docs.js';
import { createLogger } from '../src/core/logger.js';
import { createMetrics } from '../src/core/metrics.js';
import { modelConfigurationMarkdown } from '../src/inference/config/markdown.js';
import type { Services } from '../src/routes/services.js';
import { dashboardJson } from './dashboards/grafana.js';
import { MODEL } from './dashboards/model.js';
import { OVERVIEW } from './dashboards/overview.js';
import { errorsMarkdown } from './errors-markdown.js';
import { metricsMarkdown } from './metrics-markdown.js';

/** The OpenAPI document of the routes; no use-case is called for it. */
async function openapi(): Promise<string> {
  const services = { metrics: createMetrics(), refusal: () => null } as unknown as Services;
  const app = await createApp(services, { bodyLimitBytes: 1, adminKey: null, board: null, ui: false, logger: createLogger('silent') });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return `${JSON.stringify(document, null, 2)}\n`;
}

async function generated(): Promise<Map<string, string>> {
  return new Map([
    ['openapi/openapi.json', await openapi()],
    ['docs/configuration.md', configurationMarkdown()],
    ['docs/model-configuration.md', modelConfigurationMarkdown()],
    ['docs/errors.md', errorsMarkdown()],
    ['docs/metrics.md', metricsMarkdown()],
    ['deploy/grafana/dashboards/overview.json', dashboardJson(OVERVIEW)],
    ['deploy/grafana/dashboards/model.json', dashboardJson(MODEL)],
  ]);
}

function current(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const check = process.argv.includes('--check');
const stale: string[] = [];
for (const [path, text] of await generated()) {
  if (current(path) === text) continue;
  stale.push(path);
  if (check) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
if (check && stale.length > 0) {
  console.error(`Out of step with the source, run npm run docs: ${stale.join(', ')}`);
  process.exitCode = 1;
} else {
  console.log(check ? 'generated files are in step' : `written: ${stale.join(', ') || 'nothing changed'}`);
}
