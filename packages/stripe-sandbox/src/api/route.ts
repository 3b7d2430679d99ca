import type { z } from 'zod'
import type { FormFields } from '../http/form.ts'
import { readParameters } from './parameters.ts'
import type { Work } from './work.ts'

export type Method = 'GET' | 'POST' | 'DELETE'

/** One call of the API. `prepare` reads the parameters (throws Stripe's refusal) and returns what to run. */
export type Route = {
  readonly method: Method
  /** `/v1/customers/:id`. */
  readonly name: string
  readonly path: RegExp
  readonly prepare: (form: FormFields, ids: readonly string[]) => (work: Work) => object
}

/** `:id` in the path stands for one id each, which `run` gets in order after the parameters. */
export function route<T extends z.ZodType>(
  method: Method,
  path: string,
  schema: T,
  run: (work: Work, parameters: z.output<T>, ...ids: string[]) => object,
): Route {
  return {
    method,
    name: path,
    path: new RegExp(`^${path.replaceAll(/:\w+/g, '([^/]+)')}$`),
    prepare(form, ids) {
      const parameters = readParameters(schema, form)
      return (work) => run(work, parameters, ...ids)
    },
  }
}
