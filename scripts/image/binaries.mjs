// What is compiled in the image is for this system and processor.
import assert from 'node:assert/strict';
import { closeSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The field e_machine of an ELF file. */
const MACHINES = { x64: 62, arm64: 183 };

function header(file) {
  const bytes = Buffer.alloc(20);
  const descriptor = openSync(file);
  readSync(descriptor, bytes);
  closeSync(descriptor);
  return bytes;
}

/** Lists what is compiled, and refuses what is not an ELF file of this processor. */
export function checkBinaries(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((name) => /\.(node|dll|dylib|lib|so(\.\d+)*)$/.test(name));
  const libraries = files.filter((name) => statSync(join(folder, name)).isFile());
  assert.ok(libraries.some((name) => name.includes('onnxruntime')), 'the image has no onnxruntime');
  for (const name of libraries) {
    const bytes = header(join(folder, name));
    assert.equal(bytes.toString('latin1', 0, 4), '\x7fELF', `${name} is not of Linux`);
    assert.equal(bytes.readUInt16LE(18), MACHINES[process.arch], `${name} is of another processor`);
    console.log(`  ${name} ${(statSync(join(folder, name)).size / 1e6).toFixed(1)} MB`);
  }
}
