import type { BuyClient } from './buy/credits-buy.ts'
import type { BuyTexts } from './locales/buy.ts'

export type DialogHost = HTMLElement & { dialogTexts?: Partial<BuyTexts> | undefined }

export type DialogRequest = {
  readonly client: BuyClient
  readonly locale: string
  /** `light` or `dark`; anything else follows the reader's own choice. */
  readonly theme: string
  /** Where the dialog lives: its events bubble from here, and its texts may be given. */
  readonly host: DialogHost
}

/** Opens the buy dialog over the page; false where a listener of `credits-dialog-open` cancels it. */
export async function openDialog({ host, ...settings }: DialogRequest): Promise<boolean> {
  const { CreditsBuy } = await import('./buy/credits-buy.ts')
  const root = host.shadowRoot ?? host
  const opened = [...root.children].find((child) => child instanceof CreditsBuy)
  const dialog = opened ?? root.appendChild(new CreditsBuy())
  return Object.assign(dialog, settings, { texts: host.dialogTexts }).open()
}
