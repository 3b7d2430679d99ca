import type { SharedClient } from './controllers/sharing/client.ts'

export type DialogRequest = {
  readonly client: SharedClient
  readonly locale: string
  readonly theme: string
  /** Where the dialog lives: its events bubble from here. */
  readonly host: HTMLElement
}

/** Opens the buy dialog over the page, unless a listener of `credits-dialog-open` cancels it. */
export async function openDialog({ host }: DialogRequest): Promise<void> {
  host.dispatchEvent(new CustomEvent('credits-dialog-open', { bubbles: true, composed: true, cancelable: true }))
}
