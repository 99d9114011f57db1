import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import type { TestApp } from './http-app.js';
import type { Teardown } from './teardown.js';

/** On a machine that does other things too. */
export const PATIENCE_MILLISECONDS = 150_000;

/** Without its own services, which look for hosts that are not there; and without a sandbox, which a container may not allow. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** The Chromium of this machine, found or fetched by scripts/chromium.mjs, without a window. */
export async function startBrowser(t: Teardown): Promise<Browser> {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/chromium.mjs'], { maxBuffer: 1 << 24 });
  const browser = await chromium.launch({ executablePath: stdout.trim(), headless: true, args: ARGUMENTS, timeout: PATIENCE_MILLISECONDS });
  t.teardown(() => browser.close());
  return browser;
}

/** The app on a port of loopback; resolves with its URL. */
export async function listen({ app }: TestApp): Promise<string> {
  return app.listen({ host: '127.0.0.1', port: 0 });
}

export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings of the console and of scripts, requests that failed, and requests to other places. */
  readonly faults: string[];
}

/** A page of its own context whose faults are noted. Failed requests of an abandoned view are none. */
export async function openPage(t: Teardown, browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  t.teardown(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MILLISECONDS);
  const faults: string[] = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && faults.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('request', (request) => !request.url().startsWith(`${origin}/`) && faults.push(`elsewhere: ${request.url()}`));
  page.on('requestfailed', (request) => request.failure()?.errorText !== 'net::ERR_ABORTED' && faults.push(`failed: ${request.url()}`));
  return { page, faults };
}

/** How much wider than the window the page is, in pixels. */
export const overflow = (page: Page): Promise<number> => page.evaluate('document.documentElement.scrollWidth - innerWidth');
