/** The manifests: every field that they use is one that Kubernetes has, and what they say hangs together. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse, parseAllDocuments } from 'yaml'
import { assertShape, type Shape } from './manifest-shape.ts'
import { manifestShapes } from './manifest-shapes.ts'
import { assertRuns, read } from './program.ts'

// biome-ignore lint/suspicious/noExplicitAny: its shape is what the first test is about
type Manifest = Readonly<Record<string, any>>

const folder = 'deploy/kubernetes'
const { resources }: { resources: readonly string[] } = parse(read(`${folder}/kustomization.yaml`))
const manifests: readonly Manifest[] = resources.flatMap((file) =>
  parseAllDocuments(read(`${folder}/${file}`)).map((document) => document.toJS()),
)
const named = (kind: string, name = 'mintmark'): Manifest => {
  const found = manifests.find((each) => each.kind === kind && each.metadata.name === name)
  assert(found !== undefined, `${kind} ${name}`)
  return found
}
const pods: readonly Manifest[] = [
  named('Deployment').spec.template.spec,
  named('CronJob', 'mintmark-backup').spec.jobTemplate.spec.template.spec,
]

describe('the manifests of Kubernetes', () => {
  for (const manifest of manifests) {
    const { kind, metadata } = manifest
    it(`use fields that there are: ${kind} ${metadata.name}`, () => {
      const shape: Shape | undefined = manifestShapes[`${manifest.apiVersion} ${kind}`]
      assert(shape !== undefined, `unknown kind ${kind}`)
      assertShape(manifest, shape, kind)
    })
  }

  it('run as restricted pods: no root, no privilege, no capability, nothing written but volumes', () => {
    for (const { securityContext, containers, automountServiceAccountToken } of pods) {
      assert.equal(automountServiceAccountToken, false)
      assert.equal(securityContext.runAsNonRoot, true)
      assert.deepEqual(securityContext.seccompProfile, { type: 'RuntimeDefault' })
      for (const { securityContext: own, resources: needs } of containers) {
        assert.equal(own.allowPrivilegeEscalation, false)
        assert.equal(own.readOnlyRootFilesystem, true)
        assert.deepEqual(own.capabilities, { drop: ['ALL'] })
        assert.ok(needs.limits.memory && needs.requests.cpu)
      }
    }
  })

  it('mount volumes that there are, and refer to settings and secrets by one name', () => {
    for (const { volumes, containers } of pods) {
      const there = new Set(volumes.map((volume: Manifest) => volume.name))
      for (const { volumeMounts, env = [], envFrom = [] } of containers) {
        for (const { name } of volumeMounts) assert.ok(there.has(name), name)
        for (const { valueFrom } of env) {
          if (valueFrom !== undefined) assert.equal(valueFrom.secretKeyRef.name, 'mintmark')
        }
        for (const { configMapRef } of envFrom) named('ConfigMap', configMapRef.name)
      }
    }
    named('PersistentVolumeClaim', 'mintmark-backups')
  })

  it('select the pods of the deployment, by ports that these name', () => {
    const { labels } = named('Deployment').spec.template.metadata
    const selectors = [
      named('Deployment').spec.selector.matchLabels,
      named('Service').spec.selector,
      named('Service', 'mintmark-admin').spec.selector,
      named('PodDisruptionBudget').spec.selector.matchLabels,
      named('NetworkPolicy').spec.podSelector.matchLabels,
    ]
    for (const selector of selectors) assert.deepEqual(selector, labels)
    const [container] = named('Deployment').spec.template.spec.containers
    const ports = new Set(container.ports.map((port: Manifest) => port.name))
    for (const service of ['mintmark', 'mintmark-admin']) {
      for (const { targetPort } of named('Service', service).spec.ports)
        assert.ok(ports.has(targetPort))
    }
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      assert.ok(ports.has(container[probe].httpGet.port))
    }
  })

  it('never have fewer nodes than asked for, and give each time to drain [A12]', () => {
    const { spec } = named('Deployment')
    assert.deepEqual(spec.strategy.rollingUpdate, { maxSurge: 1, maxUnavailable: 0 })
    assert.ok(spec.replicas > named('PodDisruptionBudget').spec.minAvailable)
    const settings = named('ConfigMap').data
    const drainSeconds = Number(settings.MINTMARK_DRAIN_SECONDS)
    const { readinessProbe } = spec.template.spec.containers[0]
    const noticedSeconds = readinessProbe.periodSeconds * readinessProbe.failureThreshold
    assert.ok(noticedSeconds < drainSeconds)
    assert.ok(spec.template.spec.terminationGracePeriodSeconds > drainSeconds + 20)
  })

  it('start commands that the program knows, with variables that it reads', () => {
    const settings: Record<string, string> = named('ConfigMap').data
    const [{ args, env }] = named('Deployment').spec.template.spec.containers
    const examples: Record<string, string> = {
      MINTMARK_DATABASE: 'postgres://a@b.example/c',
      MINTMARK_REDIS: 'redis://b.example:6379',
    }
    const secret = env.map(({ name }: Manifest) => [name, examples[name]])
    assertRuns(args, { ...settings, ...Object.fromEntries(secret) })
    const [backup] = pods[1]?.containers ?? []
    const script: string = backup.args[0]
    assert.match(script, /^exec mintmark backup --out "[^"]+"$/)
    assertRuns(['backup', '--out', '/backups/a.jsonl'], {
      MINTMARK_DATABASE: 'postgres://a@b.example/c',
      MINTMARK_MASTER_KEY_FILE: '/a',
    })
  })
})
