import t from 'tap';
import type { AnySchemaObject } from 'ajv/dist/2020.js';
import { loadConfig, loadWorkerConfig, SETTINGS } from '../../src/config.js';
import { faultsOf, readCompose, readJson, readYaml, SCHEMAS, validator } from './files.js';
import { containerOf, environmentOf, MANIFESTS, matches, named, ofKind, WORKLOADS } from './manifests.js';

const server = named('Deployment', 'metaerr-server');
const worker = named('Deployment', 'metaerr-worker');
const redis = named('StatefulSet', 'redis');

t.test('the manifests are as the published schemas say', async (t) => {
  const { kinds, $defs } = readJson<{ kinds: Record<string, string>; $defs: AnySchemaObject }>(`${SCHEMAS}/kubernetes-1.34.json`);
  const validate = (apiVersion: string, kind: string) => validator({ $defs, $ref: `#/$defs/${kinds[`${apiVersion} ${kind}`] ?? 'no such kind'}` });
  for (const manifest of MANIFESTS) t.same(faultsOf(validate(manifest.apiVersion, manifest.kind), manifest), [], `${manifest.kind} ${manifest.metadata.name}`);
  t.not(faultsOf(validate('apps/v1', 'Deployment'), { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replica: 1 } }).length, 0, 'the schema refuses a misspelt name');
});

t.test('everything is in one namespace, which comes first', async (t) => {
  t.equal(MANIFESTS[0]?.kind, 'Namespace');
  t.same([...new Set(MANIFESTS.slice(1).map(({ metadata }) => metadata.namespace))], [MANIFESTS[0]?.metadata.name]);
});

t.test('selectors find their pods', async (t) => {
  const chosen = (selector: Readonly<Record<string, string>>) => WORKLOADS.filter(({ spec }) => matches(selector, spec.template.metadata.labels)).map(({ metadata }) => metadata.name);
  for (const { spec, metadata } of WORKLOADS) t.same(chosen(spec.selector.matchLabels), [metadata.name]);
  for (const { spec, metadata } of ofKind('PodDisruptionBudget')) t.same(chosen(spec.selector.matchLabels), [metadata.name]);
  t.same(chosen(named('Service', 'metaerr').spec.selector), ['metaerr-server']);
  t.same(chosen(named('Service', 'redis').spec.selector), ['redis']);
  for (const { spec } of ofKind('NetworkPolicy')) {
    t.same(chosen(spec.podSelector.matchLabels), ['redis']);
    t.same(spec.ingress.flatMap(({ from }) => from.flatMap(({ podSelector }) => chosen(podSelector.matchLabels))), ['metaerr-server', 'metaerr-worker']);
  }
  for (const { spec } of ofKind('Service')) {
    const [target] = WORKLOADS.filter((workload) => matches(spec.selector, workload.spec.template.metadata.labels));
    for (const { targetPort } of spec.ports) t.ok(target !== undefined && containerOf(target).ports.some(({ name }) => name === targetPort), targetPort);
  }
});

t.test('their settings are accepted', async (t) => {
  t.match(loadConfig(environmentOf(server)), { port: containerOf(server).ports[0]?.containerPort, adminKey: null });
  t.match(loadWorkerConfig(environmentOf(worker)), { port: containerOf(worker).ports[0]?.containerPort, workerConcurrency: 1 });
  for (const workload of [server, worker]) for (const name of Object.keys(environmentOf(workload))) t.ok(name in SETTINGS.properties, `${name} is a setting`);
  t.equal(new URL(environmentOf(worker)['REDIS_URL'] ?? '').hostname, named('Service', 'redis').metadata.name);
});

t.test('variables of the cluster are not taken for settings', async (t) => {
  t.throws(() => loadConfig({ METAERR_SERVICE_HOST: '10.0.0.1' }), /is not a setting/);
  for (const { spec, metadata } of WORKLOADS) t.equal(spec.template.spec.enableServiceLinks, false, metadata.name);
});

t.test('there is time to close', async (t) => {
  for (const workload of [server, worker]) {
    const waits = containerOf(workload).lifecycle?.preStop.sleep.seconds ?? 0;
    t.ok(workload.spec.template.spec.terminationGracePeriodSeconds >= waits + loadConfig(environmentOf(workload)).shutdownSeconds + 35, workload.metadata.name);
    t.equal(workload.spec.template.spec.shareProcessNamespace, true, 'node is not process 1');
  }
  t.ok((containerOf(server).lifecycle?.preStop.sleep.seconds ?? 0) > 0, 'the Service stops sending before the server refuses');
});

t.test('pods keep to the restricted standard, on a read-only file system', async (t) => {
  for (const workload of WORKLOADS) {
    const { securityContext, automountServiceAccountToken } = workload.spec.template.spec;
    t.equal(automountServiceAccountToken, false);
    t.match(securityContext, { runAsNonRoot: true, runAsUser: Number, seccompProfile: { type: 'RuntimeDefault' } });
    t.same(containerOf(workload).securityContext, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
  }
});

t.test('servers read their models, workers have none, and both write to /tmp only', async (t) => {
  const mounts = (workload: typeof server) => containerOf(workload).volumeMounts.map(({ mountPath, readOnly = false }) => `${mountPath}${readOnly ? ' ro' : ''}`);
  t.same(mounts(server), ['/models ro', '/tmp']);
  t.same(mounts(worker), ['/tmp']);
  for (const workload of WORKLOADS) {
    const { volumes = [] } = workload.spec.template.spec;
    const there = [...volumes.map(({ name }) => name), ...(workload.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name)];
    for (const { name } of containerOf(workload).volumeMounts) t.ok(there.includes(name), name);
    for (const { persistentVolumeClaim } of volumes) if (persistentVolumeClaim !== undefined) t.ok(named('PersistentVolumeClaim', persistentVolumeClaim.claimName));
  }
});

t.test('probes', async (t) => {
  for (const workload of [server, worker]) {
    const { startupProbe, livenessProbe, readinessProbe } = containerOf(workload);
    t.match(startupProbe.httpGet, { path: '/healthz', port: 'http' });
    t.match(livenessProbe.httpGet, { path: '/healthz', port: 'http' });
    t.match(readinessProbe.httpGet, { path: '/readyz', port: 'http' });
  }
});

t.test('autoscalers own the numbers: servers by CPU, workers by the depth of the queue', async (t) => {
  const scalers = ofKind('HorizontalPodAutoscaler');
  t.same(scalers.map(({ spec }) => spec.scaleTargetRef.name), ['metaerr-server', 'metaerr-worker']);
  for (const { spec } of scalers) {
    t.equal(named(spec.scaleTargetRef.kind, spec.scaleTargetRef.name).spec.replicas, undefined);
    t.ok(spec.minReplicas < spec.maxReplicas);
  }
  t.match(named('HorizontalPodAutoscaler', 'metaerr-server').spec.metrics, [{ type: 'Resource', resource: { name: 'cpu' } }]);
  t.ok(containerOf(server).resources.requests['cpu'], 'a share of CPU needs a request');
  const { rules } = readYaml<{ rules: { external: { name: { as: string } }[] } }>('deploy/prometheus-adapter/values.yaml');
  t.match(named('HorizontalPodAutoscaler', 'metaerr-worker').spec.metrics, [{ type: 'External', external: { metric: { name: rules.external[0]?.name.as } } }]);
});

t.test('they run what docker-compose.yml runs', async (t) => {
  const { services } = readCompose<{ services: Record<string, { image: string; command?: string[]; entrypoint?: string[] }> }>();
  for (const workload of [server, worker]) {
    const { name, image, command } = containerOf(workload);
    t.equal(image, services[name]?.image);
    t.same(command, services[name]?.command);
  }
  const { image, command, args } = containerOf(redis);
  t.same({ image, command, args }, { image: services['redis']?.image, command: services['redis']?.entrypoint, args: services['redis']?.command });
});
