/** The floors of the architecture: imports only go down, types included. docs/architecture.md says what each floor knows. */
const FLOORS = [
  ['^src/core/'],
  ['^src/engine/', '^src/ledger/'],
  ['^src/meta/'],
  ['^src/inference/'],
  ['^src/jobs/'],
  ['^src/routes/', '^src/plugins/', '^src/ui/'],
  ['^src/config', '^src/system', '^src/app'],
  ['^src/(server|worker)\\.ts$', '^src/entries/'],
];

const upwards = FLOORS.flatMap((folders, floor) => {
  const above = FLOORS.slice(floor + 1).flat();
  return above.length === 0 ? [] : [{ name: `floor-${floor}-imports-up`, severity: 'error', from: { path: folders }, to: { path: above } }];
});

/** Neighbours on one floor do not know each other (the composition root's files, floor 6, do). */
const sideways = FLOORS.slice(0, 6).flatMap((folders, floor) =>
  folders.flatMap((folder) => {
    const others = folders.filter((other) => other !== folder);
    return others.length === 0 ? [] : [{ name: `floor-${floor}-imports-sideways`, severity: 'error', from: { path: folder }, to: { path: others } }];
  }),
);

module.exports = {
  forbidden: [
    ...upwards,
    ...sideways,
    // What runs in a browser and what runs on the server share nothing but the API.
    { name: 'page-imports-server', severity: 'error', from: { path: '^src/ui/page/' }, to: { path: '^src/', pathNot: '^src/ui/page/' } },
    { name: 'server-imports-page', severity: 'error', from: { path: '^src/', pathNot: '^src/ui/page/' }, to: { path: '^src/ui/page/' } },
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    { name: 'no-test-code', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|bench|demo|scripts)/' } },
    { name: 'unresolved', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
    { name: 'outside-the-floors', severity: 'error', from: {}, to: { path: '^src/', pathNot: FLOORS.flat() } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^src/',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'], extensions: ['.ts', '.js'] },
  },
};
