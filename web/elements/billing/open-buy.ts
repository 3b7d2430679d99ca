import type { CreditsClient } from '../../client/index.ts'

export type BuyOptions = { readonly client: CreditsClient; readonly locale: string }

/** Opens the buy dialog. Null: there is none, so that nothing offers it. */
export const openBuy: ((options: BuyOptions) => Promise<void>) | null = null
