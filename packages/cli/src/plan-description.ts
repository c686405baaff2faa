/** What is or would be done to a registry, line by line and as a JSON document. */
import type { RegistryPlan } from '@mintmark/authorization-server'

const signs = { create: '+', update: '~', delete: '-' } as const

/** One line for each step and each thing that differs and is left alone, and one that sums up. */
export function planLines({ steps, drift, applied }: RegistryPlan): readonly string[] {
  const lines = steps.map(({ action, kind, id, details }) => {
    const differing = details.length === 0 ? '' : `: ${details.join(', ')}`
    return `${signs[action]} ${action} ${kind} ${id}${differing}`
  })
  return [...lines, ...drift.map((line) => `! ${line}`), summary(steps, applied)]
}

/** The plan as `--json` shows it. */
export function planDocument({ steps, drift, applied }: RegistryPlan): object {
  return { applied, steps, drift }
}

function summary(steps: RegistryPlan['steps'], applied: boolean): string {
  if (steps.length === 0) return 'nothing to do'
  const count = (action: string) => steps.filter((step) => step.action === action).length
  const done = applied ? '' : 'would be '
  return `${count('create')} ${done}created, ${count('update')} ${done}updated, ${count('delete')} ${done}deleted`
}
