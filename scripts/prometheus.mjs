// Finds prometheus, promtool and amtool for the tests, and prints their paths as JSON: in the folder METAERR_PROMETHEUS, on PATH, in the cache
// folder, else of Debian's or Ubuntu's packages (debian-programs.mjs).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, onPath, says, unpackDebian } from './debian-programs.mjs';

const PACKAGES = { prometheus: ['prometheus', 'promtool'], 'prometheus-alertmanager': ['amtool'] };

const works = (name) => (path) => says(path, new RegExp(`^${name}, version (2\\.(4[2-9]|[5-9])|[3-9]\\.|0\\.(2[4-9]|[3-9]))`));
const inFolder = (folder, name) => {
  const path = join(folder, name);
  return existsSync(path) && works(name)(path) ? path : undefined;
};

/** The programs of one package. */
function find(name, programs) {
  const cache = cacheFolder(name);
  const bin = join(cache, 'current', 'root', 'usr', 'bin');
  const all = (place) => programs.map(place).every((path) => path !== undefined);
  const asked = process.env.METAERR_PROMETHEUS;
  const places = asked === undefined ? [(program) => onPath([program], works(program)), (program) => inFolder(bin, program)] : [(program) => inFolder(asked, program)];
  const place = places.find(all);
  if (place !== undefined) return programs.map((program) => [program, place(program)]);
  if (asked !== undefined) throw new Error(`METAERR_PROMETHEUS is ${asked}, which has no ${programs.join(' and ')} that start and are new enough`);
  const finish = (folder) => {
    const missing = programs.filter((program) => inFolder(join(folder, 'root', 'usr', 'bin'), program) === undefined);
    if (missing.length > 0) throw new Error(`the unpacked ${missing.join(', ')} does not start, or is too old`);
  };
  unpackDebian({ cache, name, only: programs.map((program) => `./usr/bin/${program}`), finish });
  return programs.map((program) => [program, join(bin, program)]);
}

try {
  console.log(JSON.stringify(Object.fromEntries(Object.entries(PACKAGES).flatMap(([name, programs]) => find(name, programs)))));
} catch (error) {
  console.error(`No Prometheus: ${error.message}\nInstall Prometheus 2.42 or newer and amtool 0.24 or newer, for example with "apt-get install prometheus prometheus-alertmanager", or set METAERR_PROMETHEUS to a folder with prometheus, promtool and amtool.`);
  process.exit(1);
}
