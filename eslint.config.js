import tseslint from 'typescript-eslint';

const onlyEngine = { name: 'onnxruntime-node', message: 'Only src/engine runs onnxruntime.' };
const onlySqlite = { name: '@photostructure/sqlite', message: 'Only src/ledger/sqlite opens the database.' };
const onlyBull = { name: 'bullmq', message: 'Only src/jobs/bull knows BullMQ.' };
const onlyRedis = { name: 'ioredis', message: 'Only src/ledger/redis opens connections to Redis.' };
const onlyQueue = [onlyBull, onlyRedis];
const env = { object: 'process', property: 'env', message: 'Only src/config.ts reads the environment.' };

export default tseslint.config(
  { ignores: ['dist*/**', 'node_modules/**', '.tap/**', '**/*.mjs', 'eslint.config.js', '.dependency-cruiser.cjs'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', { max: 400 }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'no-restricted-imports': ['error', { paths: [onlyEngine, onlySqlite, ...onlyQueue] }],
      'no-restricted-properties': ['error', env],
    },
  },
  { files: ['src/config.ts'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['src/engine/**'], rules: { 'no-restricted-imports': ['error', { paths: [onlySqlite, ...onlyQueue] }] } },
  { files: ['src/ledger/sqlite/**'], rules: { 'no-restricted-imports': ['error', { paths: [onlyEngine, ...onlyQueue] }] } },
  { files: ['src/ledger/redis/**'], rules: { 'no-restricted-imports': ['error', { paths: [onlyEngine, onlySqlite, onlyBull] }] } },
  { files: ['src/jobs/bull/**'], rules: { 'no-restricted-imports': ['error', { paths: [onlyEngine, onlySqlite, onlyRedis] }] } },
  { files: ['test/**', 'scripts/**', 'bench/**', 'demo/**'], rules: { 'no-restricted-properties': 'off', 'no-restricted-imports': 'off', '@typescript-eslint/no-floating-promises': 'off' } },
);
