'use client'
import {
  createPurchase,
  type PurchaseController,
  type PurchaseOptions,
  type PurchaseState,
} from '@credits-gateway/elements/controllers'
import { useEffect, useMemo, useSyncExternalStore } from 'react'

export type Purchase = {
  readonly state: PurchaseState
  readonly choose: PurchaseController['choose']
  readonly chooseCredits: PurchaseController['chooseCredits']
  /** One of the offer's `team.currencies`, while the team has none of its own. */
  readonly chooseCurrency: PurchaseController['chooseCurrency']
  readonly buy: PurchaseController['buy']
  /** Back to the packages. */
  readonly again: PurchaseController['again']
  /** Reads anew what is sold. */
  readonly retry: PurchaseController['start']
}

/** A purchase without a view. It reads what is sold while the component is mounted, and takes up a payment that is under way. */
export function usePurchase({ client, successUrl, cancelUrl, storage }: PurchaseOptions): Purchase {
  const purchase = useMemo(
    () => createPurchase({ client, successUrl, cancelUrl, storage }),
    [client, successUrl, cancelUrl, storage],
  )
  useEffect(() => {
    void purchase.start()
    return () => purchase.stop()
  }, [purchase])
  const state = useSyncExternalStore(purchase.subscribe, purchase.getSnapshot, purchase.getSnapshot)
  return useMemo(
    () => ({
      state,
      choose: (packageId) => purchase.choose(packageId),
      chooseCredits: (credits) => purchase.chooseCredits(credits),
      chooseCurrency: (currency) => purchase.chooseCurrency(currency),
      buy: (pay) => purchase.buy(pay),
      again: () => purchase.again(),
      retry: () => purchase.start(),
    }),
    [purchase, state],
  )
}
