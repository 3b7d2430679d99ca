import type { BuyClient } from './buy/credits-buy.ts'
import type { BuyTexts } from './locales/buy.ts'

export type DialogHost = HTMLElement & { dialogTexts?: Partial<BuyTexts> | undefined }

export type DialogRequest = {
  readonly client: BuyClient
  readonly locale: string
  /** `light` or `dark`; anything else follows the reader's own choice. */
  readonly theme: string
  /** The element that owns the dialog: events bubble from here, and it may have texts for the dialog. */
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
