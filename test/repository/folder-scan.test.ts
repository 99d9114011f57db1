import path from 'node:path';
import t from 'tap';
import { findVersion, nameFault, scanRepository } from '../../src/inference/repository/folder-scan.js';
import { temporaryFolder } from '../support/repository-fixture.js';

void t.test('models are folders; files and hidden folders are not', async (t) => {
  const directory = await temporaryFolder(t, { 'b/1/model.onnx': '', 'a/metaerr.yaml': '', '.git/config': '', 'README.md': '' });
  t.strictSame(await scanRepository(directory), ['a', 'b']);
  await t.rejects(scanRepository(path.join(directory, 'missing')), { code: 'ENOENT' });
});

void t.test('names have letters, digits, dot, underscore and hyphen', async (t) => {
  for (const name of ['a', 'Fashion-MNIST_v2.1', '9', '_x', 'a'.repeat(128)]) t.equal(nameFault(name), null, name);
  for (const name of ['a b', 'ä', '-a', '.a', 'a/b', '', 'a'.repeat(129)]) t.match(nameFault(name), /letters, digits/, name);
});

void t.test('the newest version is the largest number, not the last text', async (t) => {
  const folder = await temporaryFolder(t, { '2/model.onnx': '', '10/model.onnx': '', '9/model.onnx': '', 'backup/model.onnx': '', '011/model.onnx': '', '0/model.onnx': '' });
  t.strictSame(await findVersion(folder, undefined), { version: 10, file: path.join(folder, '10', 'model.onnx') });
  t.equal((await findVersion(folder, 9)).version, 9);
});

void t.test('what is missing is said', async (t) => {
  const folder = await temporaryFolder(t, { '1/model.onnx': '', '3/model.pt': '' });
  await t.rejects(findVersion(folder, undefined), { code: 'MODEL_UNAVAILABLE', message: 'version 3 has no file model.onnx' });
  await t.rejects(findVersion(folder, 2), { message: 'metaerr.yaml: version: there is no version 2' });
  await t.rejects(findVersion(await temporaryFolder(t), undefined), { message: /the model has no version/ });
});
