/** A fault for the next deliveries. Each delivery is counted once, when it is first due. */
export type WebhookFault = (
  | { readonly do: 'duplicate' }
  | { readonly do: 'drop' }
  /** Other deliveries overtake it meanwhile. */
  | { readonly do: 'delay'; readonly ms: number }
) & {
  /** How many deliveries; 1 if absent. */
  readonly times?: number
  /** Only events whose type has this prefix. */
  readonly type?: string
}

export type WebhookFaults = {
  add(fault: WebhookFault): void
  clear(): void
  /** The fault for this event, whose count goes down by one. */
  take(type: string): WebhookFault | undefined
}

export function webhookFaults(): WebhookFaults {
  let planned: { readonly fault: WebhookFault; left: number }[] = []
  return {
    add: (fault) => void planned.push({ fault, left: fault.times ?? 1 }),
    clear: () => {
      planned = []
    },
    take(type) {
      const found = planned.find(({ fault }) => type.startsWith(fault.type ?? ''))
      if (found === undefined) return undefined
      found.left--
      if (found.left <= 0) planned = planned.filter((one) => one !== found)
      return found.fault
    },
  }
}
