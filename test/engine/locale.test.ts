import t from 'tap';
import { messageOf } from '../../src/core/errors.js';
import { isMissingLocale, withPortableLocale } from '../../src/engine/onnx/locale.js';
import { createDirectSession } from '../../src/engine/direct-session.js';
import { readModel } from '../../src/engine/onnx/model-reader.js';
import { CPU } from '../support/engine-pool.js';
import { textsModel } from '../support/row-mode-models.js';

t.test('a locale is added only where a model names none', async (t) => {
  const changed = withPortableLocale(textsModel(null));
  t.equal(readModel(changed ?? new Uint8Array()).nodes.find(({ opType }) => opType === 'StringNormalizer')?.attributes.string('locale'), 'C.UTF-8');
  t.equal(withPortableLocale(textsModel('C')), null);
  const session = await createDirectSession({ bytes: changed ?? new Uint8Array() }, CPU);
  t.same((await session.run({ text: { type: 'string', dims: [1], data: ['é'] } }))['upper']?.data, ['É']);
  await session.release();
});

t.test('a locale that the system lacks is told from other faults', async (t) => {
  const reason = (bytes: Uint8Array) => createDirectSession({ bytes }, CPU).then(() => '', messageOf);
  t.ok(isMissingLocale(await reason(textsModel('xx_YY.UTF-8'))));
  t.notOk(isMissingLocale(await reason(Uint8Array.of(1))));
});
