import t from 'tap';
import { gunzipSync } from 'node:zlib';
import { startApp } from '../support/http-app.js';

const assetOf = (html: string, path: string) => new RegExp(`assets/[0-9a-f]{16}/${path.replaceAll('.', '\\.')}`).exec(html)?.[0] ?? '';

t.test('the page and its files, by relative addresses', async (t) => {
  const { app } = await startApp(t, { models: {} });
  const moved = await app.inject('/ui');
  t.same([moved.statusCode, moved.headers.location], [308, 'ui/'], 'relative, so that a path prefix stays');
  const root = await app.inject('/');
  t.same([root.statusCode, root.headers.location], [302, 'ui/']);
  const page = await app.inject('/ui/');
  t.equal(page.statusCode, 200);
  t.match(page.headers['content-type'], /^text\/html/);
  t.notMatch(page.payload, /%assets%|(?:src|href)="(?:\/|http)/);
  const files = [...page.payload.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
  t.ok(files.length > 30, `${files.length} files`);
  for (const file of files) {
    const { statusCode, headers, payload } = await app.inject(`/ui/${file}`);
    t.equal(statusCode, 200, file);
    t.match(headers, { 'cache-control': 'public, max-age=31536000, immutable', 'x-content-type-options': 'nosniff' });
    t.notMatch(payload, /sourceMappingURL/, 'nothing that is not there is named');
  }
  // What the modules import is there, and known to the page.
  const modules = files.filter((file) => file.endsWith('.js'));
  for (const file of modules.filter((each) => !each.includes('/vendor/'))) {
    const { payload } = await app.inject(`/ui/${file}`);
    for (const [, imported = ''] of payload.matchAll(/from '(\.[^']+)'/g)) t.ok(modules.includes(new URL(imported, `http://x/${file}`).pathname.slice(1)), `${file} imports ${imported}`);
  }
});

t.test('a strict content policy, on every reply', async (t) => {
  const { app } = await startApp(t, { models: {} });
  const { headers, payload } = await app.inject('/ui/');
  const policy = String(headers['content-security-policy']);
  t.match(policy, /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'.*require-trusted-types-for 'script'/);
  t.notMatch(policy, /unsafe|data:|\*/);
  t.notMatch(payload, /<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=/, 'nothing inline');
  t.equal((await app.inject(`/ui/${assetOf(payload, 'main.js')}`)).headers['content-security-policy'], policy);
});

t.test('caching and compression', async (t) => {
  const { app } = await startApp(t, { models: {} });
  const page = await app.inject('/ui/');
  t.match(page.headers, { 'cache-control': 'no-cache', vary: 'accept-encoding' });
  const again = await app.inject({ url: '/ui/', headers: { 'if-none-match': String(page.headers.etag) } });
  t.same([again.statusCode, again.payload], [304, '']);
  const main = assetOf(page.payload, 'main.js');
  const plain = await app.inject(`/ui/${main}`);
  const packed = await app.inject({ url: `/ui/${main}`, headers: { 'accept-encoding': 'br, gzip' } });
  t.equal(packed.headers['content-encoding'], 'gzip');
  t.equal(gunzipSync(packed.rawPayload).toString(), plain.payload);
  const older = await app.inject(`/ui/${main.replace(/assets\/[0-9a-f]+/, 'assets/0123456789abcdef')}`);
  t.match([older.statusCode, older.headers['cache-control']], [200, 'no-cache'], 'a page of another release finds the file, and does not keep it');
  const font = assetOf(page.payload, 'vendor/inter-latin.woff2');
  t.match((await app.inject({ url: `/ui/${font}`, headers: { 'accept-encoding': 'gzip' } })).headers, { 'content-type': 'font/woff2', 'content-encoding': undefined });
});

t.test('what is not there, and what is no part of the API', async (t) => {
  const { app, call } = await startApp(t, { models: {} });
  for (const path of ['assets/x/nothing.js', 'assets/x/..%2f..%2fsite.js', 'assets/x/tsconfig.json', 'nothing']) {
    t.match(await call({ url: `/ui/${path}` }), { status: 404, body: { error: { code: 'ROUTE_NOT_FOUND' } } }, path);
  }
  t.equal((await app.inject({ method: 'POST', url: '/ui/' })).statusCode, 405);
  t.notMatch(JSON.stringify(app.swagger()), /"\/ui/);
});

t.test('METAERR_UI=false leaves it out; with an admin key the page itself is open', async (t) => {
  const without = await startApp(t, { models: {}, env: { METAERR_UI: 'false' } });
  t.equal((await without.app.inject('/ui/')).statusCode, 404);
  const guarded = await startApp(t, { models: {}, env: { METAERR_ADMIN_KEY: 'a-key-of-the-operator' } });
  t.equal((await guarded.app.inject('/ui/')).statusCode, 200);
});
