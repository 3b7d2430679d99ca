import { channel } from 'node:diagnostics_channel'
import type { Json } from '../api/shown.ts'
import type { FormFields } from './form.ts'

/** A call of the API with its answer. */
export type Exchange = {
  /** `POST /v1/customers/:id`. */
  readonly endpoint: string
  readonly form: FormFields
  readonly apiVersion: string
  readonly status: number
  readonly answer: Json
}

/** Every exchange of every sandbox in this process, for tests that subscribe to it. */
export const exchanges = channel('stripe-sandbox:exchange')
