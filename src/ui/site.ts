import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { siteFiles } from './site-files.js';

/** A file as it is sent. */
export interface SentFile {
  readonly type: string;
  readonly etag: string;
  readonly body: Buffer;
  /** Null where compression gains nothing. */
  readonly gzip: Buffer | null;
}

export interface Site {
  readonly index: SentFile;
  /** Digest of all files; part of their address, so that they can be kept for good. */
  readonly digest: string;
  asset(path: string): SentFile | null;
}

const INDEX = 'index.html';
/** Where index.html names the folder of the assets, and where it wants its modules listed. */
const ASSETS = '%assets%';
const PRELOADS = '<!-- modules -->';

const digestOf = (parts: readonly (string | Buffer)[]) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex').slice(0, 16);

function sent(type: string, body: Buffer): SentFile {
  const gzip = type.startsWith('font/') ? null : gzipSync(body, { level: 9 });
  return { type, body, gzip, etag: `"${digestOf([body])}"` };
}

/** Reads the page into memory: some hundred kilobytes, once at start. */
export function readSite(): Site {
  const files = siteFiles().map(({ path, file, type }) => ({ path, type, body: readFileSync(file) }));
  const digest = digestOf(files.flatMap(({ path, body }) => [path, body]));
  const template = files.find(({ path }) => path === INDEX);
  if (template === undefined) throw new Error('the page has no index.html: run npm run build');
  const assets = new Map(files.filter(({ path }) => path !== INDEX).map(({ path, type, body }) => [path, sent(type, body)]));
  // A module names others: without the list a browser would find them one after the other.
  const modules = [...assets.keys()].filter((path) => path.endsWith('.js')).sort();
  const preloads = modules.map((path) => `<link rel="modulepreload" href="${ASSETS}/${path}">`).join('\n    ');
  const html = template.body.toString('utf8').replace(PRELOADS, preloads).replaceAll(ASSETS, `assets/${digest}`);
  return { digest, index: sent(template.type, Buffer.from(html)), asset: (path) => assets.get(path) ?? null };
}
