/** A fault for the next requests that match. */
export type RequestFault = {
  /**
   * `delay`: carried out at once, answered `ms` later. `fail-after`: carried out, answered with 500. `fail-before`: 500,
   * not carried out. `cut-after`: carried out, then the connection is cut. `rate-limit`: 429, not carried out. `refuse`:
   * `status` with `error`, not carried out, as a restricted key is refused.
   */
  readonly do: 'delay' | 'fail-after' | 'fail-before' | 'cut-after' | 'rate-limit' | 'refuse'
  /** Absent: every method. */
  readonly method?: string
  /** The start of the path, `/v1/payment_intents`; absent: every call of the API. */
  readonly path?: string
  /** How many requests; 1 if absent. */
  readonly times?: number
  /** For `delay`. */
  readonly ms?: number
  /** For `refuse`; 403 if absent. */
  readonly status?: number
  /** For `refuse`. */
  readonly error?: { readonly message: string; readonly code?: string; readonly param?: string }
}

export type RequestFaults = {
  add(fault: RequestFault): void
  clear(): void
  /** The fault for this request, whose count goes down by one. */
  take(method: string, path: string): RequestFault | undefined
}

export function requestFaults(): RequestFaults {
  let planned: { readonly fault: RequestFault; left: number }[] = []
  return {
    add: (fault) => void planned.push({ fault, left: fault.times ?? 1 }),
    clear: () => {
      planned = []
    },
    take(method, path) {
      const found = planned.find(
        ({ fault }) => (fault.method ?? method) === method && path.startsWith(fault.path ?? '/v1/'),
      )
      if (found === undefined) return undefined
      found.left--
      if (found.left <= 0) planned = planned.filter((one) => one !== found)
      return found.fault
    },
  }
}
