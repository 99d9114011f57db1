// Finds a redis-server for the tests and the demo, and prints its path: METAERR_REDIS_SERVER, PATH, the cache folder, else redis-tools of
// Debian or Ubuntu with the libraries that this machine lacks, downloaded and unpacked into the cache folder. Nothing is installed, no
// service is started, and it takes no rights.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'metaerr', 'redis');
/** It has the server too: that is the same program as redis-check-rdb, which looks at the name it is called by. */
const PACKAGE = 'redis-tools';

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
    console.error(`downloading ${PACKAGE} ...`);
    download(folder);
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) execFileSync('dpkg-deb', ['-x', join(folder, file), join(folder, 'root')]);
    const bin = join(folder, 'root', 'usr', 'bin');
    symlinkSync('redis-check-rdb', join(bin, 'redis-server'));
    // The libraries are found beside the program wherever the folder lies.
    const script = `#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\nexport LD_LIBRARY_PATH="${libraryFolders(folder).map((path) => `$here/${path}`).join(':')}"\nexec "$here/root/usr/bin/redis-server" "$@"\n`;
    writeFileSync(join(folder, 'redis-server'), script);
    chmodSync(join(folder, 'redis-server'), 0o755);
    if (!works(join(folder, 'redis-server'))) throw new Error('the unpacked redis-server does not start');
    rmSync(join(CACHE, 'current'), { recursive: true, force: true });
    renameSync(folder, join(CACHE, 'current'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where the unpacked libraries lie, as root/usr/lib/x86_64-linux-gnu or root/usr/lib/aarch64-linux-gnu. */
function libraryFolders(folder) {
  const parents = ['root/usr/lib', 'root/lib'].filter((path) => existsSync(join(folder, path)));
  return parents.flatMap((path) => readdirSync(join(folder, path)).filter((name) => name.includes('-linux-')).map((name) => `${path}/${name}`));
}

/** Names of the package and of the libraries that are not installed, as apt would install them. */
function missingPackages(options) {
  const plan = execFileSync('apt-get', ['install', '--simulate', '--no-install-recommends', ...options, PACKAGE], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
  const names = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
  // What is installed is not in the plan; then the program is on this machine and only its server's name is not.
  return names.includes(PACKAGE) ? names : [PACKAGE, ...names];
}

function download(folder) {
  const get = (options) => {
    const packages = missingPackages(options);
    execFileSync('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', ...options, ...packages], { cwd: folder, stdio: ['ignore', 2, 'pipe'] });
  };
  try {
    get([]);
  } catch (error) {
    if (error.code === 'ENOENT') throw new Error('none is installed, and this machine has no apt-get to fetch one with');
    // A machine that was just set up may have no package lists yet; those it has may name versions that are gone. Lists of our own need no rights.
    const state = join(folder, 'apt');
    mkdirSync(join(state, 'lists', 'partial'), { recursive: true });
    mkdirSync(join(state, 'cache', 'archives', 'partial'), { recursive: true });
    const options = ['-o', `Dir::State::Lists=${join(state, 'lists')}`, '-o', `Dir::Cache=${join(state, 'cache')}`, '-o', 'APT::Sandbox::User=root'];
    execFileSync('apt-get', ['update', '-qq', ...options], { stdio: ['ignore', 2, 'pipe'] });
    get(options);
    rmSync(state, { recursive: true, force: true });
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
