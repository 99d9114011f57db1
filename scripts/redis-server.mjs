// Finds a redis-server for the tests and the demo, and prints its path: METAERR_REDIS_SERVER, PATH, the cache folder, else redis-tools of
// Debian or Ubuntu with the libraries that this machine lacks (debian-programs.mjs).
import { chmodSync, existsSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, onPath, says, unpackDebian } from './debian-programs.mjs';

const CACHE = cacheFolder('redis');
/** It has the server too: that is the same program as redis-check-rdb, which looks at the name it is called by. */
const PACKAGE = 'redis-tools';

const works = (path) => says(path, /^Redis server|^Valkey server/);

function finish(folder) {
  symlinkSync('redis-check-rdb', join(folder, 'root', 'usr', 'bin', 'redis-server'));
  // The libraries are found beside the program wherever the folder lies.
  const script = `#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\nexport LD_LIBRARY_PATH="${libraryFolders(folder).map((path) => `$here/${path}`).join(':')}"\nexec "$here/root/usr/bin/redis-server" "$@"\n`;
  writeFileSync(join(folder, 'redis-server'), script);
  chmodSync(join(folder, 'redis-server'), 0o755);
  if (!works(join(folder, 'redis-server'))) throw new Error('the unpacked redis-server does not start');
}

/** Where the unpacked libraries lie, as root/usr/lib/x86_64-linux-gnu or root/usr/lib/aarch64-linux-gnu. */
function libraryFolders(folder) {
  const parents = ['root/usr/lib', 'root/lib'].filter((path) => existsSync(join(folder, path)));
  return parents.flatMap((path) => readdirSync(join(folder, path)).filter((name) => name.includes('-linux-')).map((name) => `${path}/${name}`));
}

function find() {
  const asked = process.env.METAERR_REDIS_SERVER;
  if (asked !== undefined) {
    if (!works(asked)) throw new Error(`METAERR_REDIS_SERVER is ${asked}, which is no redis-server that starts`);
    return asked;
  }
  const cached = join(CACHE, 'current', 'redis-server');
  const found = onPath(['redis-server', 'valkey-server'], works) ?? (existsSync(cached) && works(cached) ? cached : undefined);
  if (found !== undefined) return found;
  unpackDebian({ cache: CACHE, name: PACKAGE, withLibraries: true, finish });
  return cached;
}

try {
  console.log(find());
} catch (error) {
  console.error(`No redis-server: ${error.message}\nInstall Redis 6.2 or newer (or Valkey), for example with "apt-get install redis-server", or set METAERR_REDIS_SERVER to its path.`);
  process.exit(1);
}
