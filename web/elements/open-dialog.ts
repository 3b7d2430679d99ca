import type { BuyClient } from './buy/credits-buy.ts'
import { openFrame } from './dialog-frame.ts'
import type { BuyTexts } from './locales/buy.ts'

export type DialogHost = HTMLElement & { dialogTexts?: Partial<BuyTexts> | undefined }

export type DialogRequest = {
  readonly client: BuyClient
  readonly locale: string
  /** `light` or `dark`; anything else follows the reader's own choice. */
  readonly theme: string
  /** The element that owns the dialog: events bubble from here, and it may have texts for the dialog. */
  readonly host: DialogHost
  /** The dialog's title in the language of the host, for its frame. Absent: the host has no texts yet. */
  readonly title?: string | undefined
}

let isLoaded = false
const framed = new WeakSet<HTMLElement>()

/** Fetches the dialog's code, for a reader who is about to open it. */
export async function loadDialog() {
  const { CreditsBuy } = await import('./buy/credits-buy.ts')
  isLoaded = true
  return CreditsBuy
}

/** Opens the buy dialog over the page; false where a listener of `credits-dialog-open` cancels it, or the reader closed its frame. */
export async function openDialog(request: DialogRequest): Promise<boolean> {
  const { host } = request
  if (isLoaded) return (await dialogFor(request)).open()
  if (framed.has(host) || !tell(host, 'credits-dialog-open')) return false
  framed.add(host)
  const title = host.dialogTexts?.title ?? request.title
  const frame = openFrame(rootOf(host), { ...request, title }, () => closed(host))
  try {
    await loadDialog()
  } catch (error) {
    if (frame.close()) closed(host)
    throw error
  }
  if (!frame.close()) return false
  framed.delete(host)
  return (await dialogFor(request)).open({ isFramed: true })
}

function closed(host: HTMLElement): void {
  framed.delete(host)
  tell(host, 'credits-dialog-close')
}

async function dialogFor({ client, locale, theme, host }: DialogRequest) {
  const CreditsBuy = await loadDialog()
  const root = rootOf(host)
  const opened = [...root.children].find((child) => child instanceof CreditsBuy)
  const settings = { client, locale, theme, texts: host.dialogTexts }
  return Object.assign(opened ?? root.appendChild(new CreditsBuy()), settings)
}

const rootOf = (host: HTMLElement) => host.shadowRoot ?? host
const tell = (host: HTMLElement, type: string) =>
  host.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, cancelable: true, detail: {} }))
