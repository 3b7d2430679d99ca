import { OpenBillingPortalDocument, type PurchaseRowFragment, PurchasesDocument } from '../billing/contract.ts'
import { LiveReading, type Reading } from './reading.ts'
import { fieldOf, type TeamScope, teamOf } from './scope.ts'
import type { Store } from './store.ts'

export type PurchaseRow = PurchaseRowFragment
export type PurchasesReading = {
  readonly mayPay: boolean
  readonly rows: readonly PurchaseRow[]
  readonly hasMore: boolean
}

export type PurchasesController = Store<Reading<PurchasesReading>> & {
  readonly retry: () => Promise<void>
  readonly loadMore: () => Promise<void>
  /** Where the customer changes payment methods; it leads back to `returnUrl`. */
  readonly portalUrl: (returnUrl: string) => Promise<string>
}

const pageSize = 20
const maxPageSize = 100
const changesPurchases = /^(CREDITS_ADDED|CREDITS_CLAWED_BACK|RECHARGE_)/

/** A team's purchases, newest first. */
export function createPurchases(scope: TeamScope): PurchasesController {
  const { client, teamId } = scope
  const page = async (first: number, after: string | null, signal?: AbortSignal) => {
    const data = await client.request(PurchasesDocument, { teamId, first, after }, { signal })
    const purchases = fieldOf(teamOf(data).purchases)
    end = purchases.pageInfo.endCursor ?? end
    const { role } = data.viewer
    return {
      mayPay: role === 'ADMIN' || role === 'PLATFORM',
      rows: purchases.nodes,
      hasMore: purchases.pageInfo.hasNextPage,
    }
  }
  let end: string | null = null
  const reading: LiveReading<PurchasesReading> = new LiveReading<PurchasesReading>({
    scope,
    follows: ({ type }) => changesPurchases.test(type),
    // The gateway hears of invoices and of given-up payments behind the event of the purchase.
    isUnsettled: ({ rows }) => rows.some((row) => row.state === 'PENDING' || (row.state === 'PAID' && !row.invoiceUrl)),
    // As many as are shown, so that the list does not shrink.
    read: (signal) => {
      const shown = reading.getSnapshot().value?.rows.length ?? 0
      return page(Math.min(maxPageSize, Math.max(pageSize, shown)), null, signal)
    },
  })
  return {
    subscribe: reading.subscribe,
    getSnapshot: reading.getSnapshot,
    retry: reading.retry,
    loadMore: async () => {
      const { value } = reading.getSnapshot()
      if (value === null || end === null) return
      const next = await page(pageSize, end)
      const known = new Set(value.rows.map(({ id }) => id))
      reading.set({ ...next, rows: [...value.rows, ...next.rows.filter(({ id }) => !known.has(id))] })
    },
    portalUrl: async (returnUrl) =>
      (await client.request(OpenBillingPortalDocument, { teamId, returnUrl })).openBillingPortal.url,
  }
}
