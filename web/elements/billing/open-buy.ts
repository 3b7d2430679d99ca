import type { CreditsClient } from '../../client/index.ts'

export type BuyOptions = { readonly client: CreditsClient; readonly locale: string }

type BuyDialog = HTMLElement & BuyOptions & { open(): Promise<unknown> }

const [load] = Object.values(import.meta.glob('../buy/credits-buy.ts'))

async function open({ client, locale }: BuyOptions): Promise<void> {
  await load?.()
  const dialog =
    document.querySelector<BuyDialog>('credits-buy') ?? (document.createElement('credits-buy') as BuyDialog)
  Object.assign(dialog, { client, locale })
  document.body.append(dialog)
  await dialog.open()
}

/** Opens the buy dialog. Null: it is not part of this build, so that nothing offers it. */
export const openBuy: typeof open | null = load === undefined ? null : open
