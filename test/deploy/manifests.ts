import { readDocuments } from './files.js';

export type Labels = Readonly<Record<string, string>>;

interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly envFrom?: readonly { readonly configMapRef?: { readonly name: string }; readonly secretRef?: { readonly name: string } }[];
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly resources: { readonly requests: Labels; readonly limits: Labels };
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}

interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: boolean;
  readonly shareProcessNamespace?: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: object;
  readonly containers: readonly Container[];
  readonly volumes?: readonly { readonly name: string; readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly: boolean }; readonly emptyDir?: object }[];
}

/** Of what the manifests hold; each kind has some of it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly data?: Labels;
  readonly stringData?: Labels;
  readonly spec: {
    readonly replicas?: number;
    readonly selector: Labels & { readonly matchLabels: Labels };
    readonly podSelector: { readonly matchLabels: Labels };
    readonly ingress: readonly { readonly from: readonly { readonly podSelector: { readonly matchLabels: Labels } }[] }[];
    readonly ports: readonly { readonly port: number; readonly targetPort: string }[];
    readonly template: { readonly metadata: { readonly labels: Labels }; readonly spec: PodSpec };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
    readonly scaleTargetRef: { readonly kind: string; readonly name: string };
    readonly minReplicas: number;
    readonly maxReplicas: number;
    readonly metrics: readonly { readonly type: string; readonly resource?: { readonly name: string }; readonly external?: { readonly metric: { readonly name: string } } }[];
  };
}

export const MANIFESTS = readDocuments<Manifest>('deploy/kubernetes');

export function ofKind(...kinds: readonly string[]): Manifest[] {
  return MANIFESTS.filter(({ kind }) => kinds.includes(kind));
}

export function named(kind: string, name: string): Manifest {
  const found = ofKind(kind).find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

/** What runs pods. */
export const WORKLOADS = ofKind('Deployment', 'StatefulSet');

/** The only container of a workload's pods. */
export function containerOf({ spec, metadata }: Manifest): Container {
  const [container, ...others] = spec.template.spec.containers;
  if (container === undefined || others.length > 0) throw new Error(`${metadata.name} has not one container`);
  return container;
}

/** The environment that a workload's container gets. */
export function environmentOf(workload: Manifest): Record<string, string> {
  const { env = [], envFrom = [] } = containerOf(workload);
  const sources = envFrom.map(({ configMapRef, secretRef }) => (configMapRef === undefined ? named('Secret', secretRef?.name ?? '').stringData : named('ConfigMap', configMapRef.name).data));
  return Object.assign({}, ...sources, Object.fromEntries(env.map(({ name, value }) => [name, value]))) as Record<string, string>;
}

export function matches(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}
