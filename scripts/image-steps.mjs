// Follows the Dockerfile by hand where no image can be built: its COPY and RUN in empty folders, then its commands as its USER on a read-only tree,
// as process 1. Starts the embedded server, and a server and a worker on a real redis-server; each must answer and leave with code 0 at SIGTERM.
// Usage: sudo node scripts/image-steps.mjs [--folder EMPTY_FOLDER] [--node FILE]
import { chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildImage } from './image/build.mjs';
import { nodeFolder, sizeOf } from './image/container.mjs';
import { createMachine } from './image/machine.mjs';
import { checkBinaries } from './image/binaries.mjs';
import { checkDistributed, checkEmbedded } from './image/checks.mjs';

const MODEL = 'sklearn-zipmap-integers';
const { values: options } = parseArgs({ options: { folder: { type: 'string' }, node: { type: 'string' } } });
if (process.platform !== 'linux' || process.getuid() !== 0) throw new Error('image-steps needs Linux and root: it mounts folders in a namespace of its own');

const folder = options.folder === undefined ? mkdtempSync(join(tmpdir(), 'metaerr-image-')) : resolve(options.folder);
mkdirSync(folder, { recursive: true });
try {
  const node = nodeFolder(options.node);
  const image = await buildImage('Dockerfile', process.cwd(), folder, node);
  console.log(`image: /app ${(sizeOf(join(image.root, 'app')) / 1e6).toFixed(1)} MB`);
  checkBinaries(join(image.root, 'app'));

  const models = join(folder, 'models');
  cpSync(join('test/fixtures/zoo', MODEL, '1'), join(models, MODEL, '1'), { recursive: true });
  // A fresh volume takes the owner that the image gave the folder.
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  chownSync(data, image.user.uid, image.user.gid);

  const requests = JSON.parse(readFileSync(join('test/fixtures/zoo', MODEL, 'cases.json'), 'utf8')).requests;
  const row = requests[0].inputs[0].data;
  await checkEmbedded(createMachine({ image, node, models, data }), MODEL, row);
  await checkDistributed({ server: createMachine({ image, node, models }), worker: createMachine({ image, node }) }, MODEL, row);
} finally {
  if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
}
