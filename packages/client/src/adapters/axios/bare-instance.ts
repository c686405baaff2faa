/** Sending with the adapters of axios, which only an instance can look up by their names. */
import type { AxiosAdapter, AxiosAnswer, AxiosInstance } from './axios-instance.ts'

/** An instance without defaults and interceptors: it adds nothing to the configuration it is given. */
export function bareInstance(instance: AxiosInstance): AxiosInstance {
  const bare = instance.create()
  const defaults = bare.defaults as Record<string, unknown>
  for (const name of Object.keys(defaults)) delete defaults[name]
  return bare
}

/** The adapter that `chosen` names, as a function. It transforms neither what it sends nor what it gets. */
export function adapterOf(bare: AxiosInstance, chosen: unknown): AxiosAdapter {
  return (config) =>
    bare.request({ ...config, adapter: chosen, ...UNTRANSFORMED }) as Promise<AxiosAnswer>
}

const UNTRANSFORMED = { transformRequest: [], transformResponse: [] }
