/**
 * The part of the schemas of Kubernetes 1.32 that the manifests use, written down from its API reference. Not the
 * schemas themselves: a field that is missing here is to be looked up and added.
 */
import type { Shape } from './manifest-shape.ts'

const object = (members: Readonly<Record<string, Shape>>, ...required: string[]): Shape => ({
  members,
  required,
})
const list = (shape: Shape): Shape => ({ list: shape })
const oneOf = (...values: string[]): Shape => ({ oneOf: values })

const metadata = object({
  name: 'string',
  namespace: 'string',
  labels: 'texts',
  annotations: 'texts',
})
const labelSelector = object({ matchLabels: 'texts' })
const secretKey = object({ name: 'string', key: 'string' }, 'name', 'key')
const protocolPort = object({ protocol: oneOf('TCP', 'UDP'), port: 'port' }, 'port')
const peer = object({ namespaceSelector: labelSelector, podSelector: labelSelector })

const probe = object(
  {
    httpGet: object({ path: 'string', port: 'port' }, 'port'),
    ...{ periodSeconds: 'number', timeoutSeconds: 'number', failureThreshold: 'number' },
  },
  'httpGet',
)

const container = object(
  {
    ...{ name: 'string', image: 'string', command: list('string'), args: list('string') },
    envFrom: list(object({ configMapRef: object({ name: 'string' }, 'name') })),
    env: list(
      object(
        { name: 'string', value: 'string', valueFrom: object({ secretKeyRef: secretKey }) },
        'name',
      ),
    ),
    ports: list(object({ name: 'string', containerPort: 'number' }, 'containerPort')),
    ...{ startupProbe: probe, readinessProbe: probe, livenessProbe: probe },
    resources: object({ requests: 'texts', limits: 'texts' }),
    securityContext: object({
      ...{ allowPrivilegeEscalation: 'boolean', readOnlyRootFilesystem: 'boolean' },
      capabilities: object({ drop: list('string') }),
    }),
    volumeMounts: list(
      object({ name: 'string', mountPath: 'string', readOnly: 'boolean' }, 'name', 'mountPath'),
    ),
  },
  'name',
  'image',
)

const volume = object(
  {
    name: 'string',
    emptyDir: object({ sizeLimit: 'string' }),
    secret: object(
      {
        ...{ secretName: 'string', defaultMode: 'number' },
        items: list(object({ key: 'string', path: 'string' }, 'key', 'path')),
      },
      'secretName',
    ),
    persistentVolumeClaim: object({ claimName: 'string' }, 'claimName'),
  },
  'name',
)

const podSpec = object(
  {
    ...{ serviceAccountName: 'string', automountServiceAccountToken: 'boolean' },
    ...{ enableServiceLinks: 'boolean', terminationGracePeriodSeconds: 'number' },
    restartPolicy: oneOf('Always', 'OnFailure', 'Never'),
    securityContext: object({
      ...{ runAsNonRoot: 'boolean', runAsUser: 'number', runAsGroup: 'number', fsGroup: 'number' },
      seccompProfile: object({ type: oneOf('RuntimeDefault', 'Localhost') }, 'type'),
    }),
    topologySpreadConstraints: list(
      object(
        {
          ...{ maxSkew: 'number', topologyKey: 'string', labelSelector },
          whenUnsatisfiable: oneOf('DoNotSchedule', 'ScheduleAnyway'),
        },
        ...['maxSkew', 'topologyKey', 'whenUnsatisfiable'],
      ),
    ),
    containers: list(container),
    volumes: list(volume),
  },
  'containers',
)

const podTemplate = object({ metadata, spec: podSpec }, 'metadata', 'spec')
const ofKind = (more: Readonly<Record<string, Shape>>, ...required: string[]): Shape =>
  object({ apiVersion: 'string', kind: 'string', metadata, ...more }, 'metadata', ...required)

/** By version and kind. */
export const manifestShapes: Readonly<Record<string, Shape>> = {
  'v1 Namespace': ofKind({}),
  'v1 ServiceAccount': ofKind({ automountServiceAccountToken: 'boolean' }),
  'v1 ConfigMap': ofKind({ data: 'texts' }, 'data'),
  'v1 Service': ofKind(
    {
      spec: object(
        {
          selector: 'texts',
          ports: list(object({ name: 'string', port: 'number', targetPort: 'port' }, 'port')),
        },
        ...['selector', 'ports'],
      ),
    },
    'spec',
  ),
  'v1 PersistentVolumeClaim': ofKind(
    {
      spec: object(
        {
          accessModes: list(oneOf('ReadWriteOnce', 'ReadWriteMany', 'ReadWriteOncePod')),
          resources: object({ requests: 'texts' }, 'requests'),
        },
        ...['accessModes', 'resources'],
      ),
    },
    'spec',
  ),
  'apps/v1 Deployment': ofKind(
    {
      spec: object(
        {
          ...{ replicas: 'number', selector: labelSelector, template: podTemplate },
          strategy: object({
            type: oneOf('RollingUpdate', 'Recreate'),
            rollingUpdate: object({ maxSurge: 'port', maxUnavailable: 'port' }),
          }),
        },
        ...['selector', 'template'],
      ),
    },
    'spec',
  ),
  'policy/v1 PodDisruptionBudget': ofKind(
    { spec: object({ minAvailable: 'number', selector: labelSelector }, 'selector') },
    'spec',
  ),
  'networking.k8s.io/v1 NetworkPolicy': ofKind(
    {
      spec: object(
        {
          podSelector: labelSelector,
          policyTypes: list(oneOf('Ingress', 'Egress')),
          ingress: list(object({ from: list(peer), ports: list(protocolPort) })),
          egress: list(object({ to: list(peer), ports: list(protocolPort) })),
        },
        'podSelector',
      ),
    },
    'spec',
  ),
  'batch/v1 CronJob': ofKind(
    {
      spec: object(
        {
          ...{ schedule: 'string', concurrencyPolicy: oneOf('Allow', 'Forbid', 'Replace') },
          ...{ successfulJobsHistoryLimit: 'number', failedJobsHistoryLimit: 'number' },
          jobTemplate: object(
            { spec: object({ backoffLimit: 'number', template: podTemplate }, 'template') },
            'spec',
          ),
        },
        ...['schedule', 'jobTemplate'],
      ),
    },
    'spec',
  ),
}
