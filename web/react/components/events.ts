'use client'
import type { Pack, Problem } from '@credits-gateway/elements/controllers'
import type { EventName } from '@lit/react'

type PurchaseDetail = { readonly package: Pack | null }
type Named<Detail> = EventName<CustomEvent<Detail>>

export const purchaseEvents = {
  onCreditsDialogOpen: 'credits-dialog-open' as Named<object>,
  onCreditsDialogClose: 'credits-dialog-close' as Named<object>,
  onCreditsPurchaseStart: 'credits-purchase-start' as Named<PurchaseDetail & { readonly pay: string }>,
  onCreditsPurchaseSuccess: 'credits-purchase-success' as Named<PurchaseDetail & { readonly balance?: string }>,
  onCreditsPurchaseError: 'credits-purchase-error' as Named<PurchaseDetail & { readonly problem: Problem }>,
}
