// Finds a redis-server for the tests and the demo, and prints its path: METAERR_REDIS_SERVER, PATH, the cache folder, else Debian's redis-tools
// with its libraries, downloaded and unpacked into the cache folder. Nothing is installed and no service is started.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'metaerr', 'redis');
/** redis-tools has the server too: it is the same program as redis-check-rdb, which looks at the name it is called by. */
const PACKAGES = ['redis-tools', 'libatomic1', 'libjemalloc2', 'liblzf1', 'libssl3', 'libsystemd0', 'libcap2', 'libgcrypt20', 'libgpg-error0', 'liblz4-1', 'liblzma5', 'libzstd1'];

const works = (path) => {
  try {
    return /^Redis server|^Valkey server/.test(execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return false;
  }
};

function onPath() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => ['redis-server', 'valkey-server'].map((name) => join(folder, name))).find((path) => existsSync(path) && works(path));
}

/** Downloads and unpacks beside the cache, then moves it into place, so that a broken download is never taken for a good one. */
function unpackDebian() {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'new-'));
  try {
    console.error('downloading redis-tools from Debian ...');
    download(folder);
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) execFileSync('dpkg-deb', ['-x', join(folder, file), join(folder, 'root')]);
    const bin = join(folder, 'root', 'usr', 'bin');
    const libraries = readdirSync(join(folder, 'root', 'usr', 'lib')).find((name) => name.includes('-linux-'));
    symlinkSync('redis-check-rdb', join(bin, 'redis-server'));
    // The libraries are found beside the program wherever the folder lies.
    const script = `#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\nexport LD_LIBRARY_PATH="$here/root/usr/lib/${libraries}:$here/root/lib/${libraries}"\nexec "$here/root/usr/bin/redis-server" "$@"\n`;
    writeFileSync(join(folder, 'redis-server'), script);
    chmodSync(join(folder, 'redis-server'), 0o755);
    if (!works(join(folder, 'redis-server'))) throw new Error('the unpacked redis-server does not start');
    rmSync(join(CACHE, 'current'), { recursive: true, force: true });
    renameSync(folder, join(CACHE, 'current'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A machine that was just set up may have no package lists yet; those it has may name versions that are gone. */
function download(folder) {
  const get = () => execFileSync('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', ...PACKAGES], { cwd: folder, stdio: ['ignore', 2, 'pipe'] });
  try {
    get();
  } catch {
    execFileSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 2, 2] });
    get();
  }
}

function find() {
  const asked = process.env.METAERR_REDIS_SERVER;
  if (asked !== undefined) {
    if (!works(asked)) throw new Error(`METAERR_REDIS_SERVER is ${asked}, which is no redis-server that starts`);
    return asked;
  }
  const cached = join(CACHE, 'current', 'redis-server');
  const found = onPath() ?? (existsSync(cached) && works(cached) ? cached : undefined);
  if (found !== undefined) return found;
  unpackDebian();
  return cached;
}

try {
  console.log(find());
} catch (error) {
  console.error(`No redis-server: ${error.message}\nInstall Redis 6.2 or newer (or Valkey), for example with "apt-get install redis-server", or set METAERR_REDIS_SERVER to its path.`);
  process.exit(1);
}
