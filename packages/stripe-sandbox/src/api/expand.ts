import { invalid } from './failure.ts'
import { type Json, shown } from './shown.ts'
import type { Work } from './work.ts'

/** Fields that are in the answer only if asked for, by `object` and name. */
export type Includes = Readonly<Record<string, Readonly<Record<string, (work: Work, id: string) => object>>>>

/** Puts objects in the place of their ids, by paths such as `data.latest_charge`, at most four deep. */
export function expand(work: Work, includes: Includes, answer: object, paths: readonly string[]): Json {
  const json: Json = shown(answer)
  for (const path of paths) {
    const steps = path.split('.')
    if (steps.length > 4) throw invalid(`You cannot expand more than 4 levels of a property. Property: ${path}`)
    into(json, steps, path)
  }
  return json

  function into(value: Json | undefined, [step, ...rest]: readonly string[], path: string): void {
    if (step === undefined || value === null || value === undefined) return
    if (Array.isArray(value)) {
      for (const item of value) into(item, [step, ...rest], path)
      return
    }
    if (typeof value !== 'object') throw cannot(path)
    const inner = value[step] ?? included(value, step)
    if (inner === undefined) throw cannot(path)
    const found = typeof inner === 'string' ? work.objects.find(inner) : undefined
    if (typeof inner === 'string' && found === undefined) throw cannot(path)
    value[step] = found === undefined ? inner : shown(found)
    into(value[step], rest, path)
  }

  function included(value: { [name: string]: Json }, step: string): Json | undefined {
    const { object, id } = value
    const make = typeof object === 'string' ? includes[object]?.[step] : undefined
    return make === undefined || typeof id !== 'string' ? value[step] : shown(make(work, id))
  }
}

const cannot = (path: string) =>
  invalid(`This property cannot be expanded (${path}). You may want to try expanding 'data.${path}' if it is a list.`, {
    param: 'expand',
  })
