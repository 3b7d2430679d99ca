'use client'
import type { BillingView, CreditsBilling as Element } from '@credits-gateway/elements/billing'
import { createComponent, type EventName } from '@lit/react'
import * as React from 'react'
import { purchaseEvents } from './events.ts'
import { shapeOf } from './shape.ts'

export const billingProperties = [
  'client',
  'endpoint',
  'token',
  'team',
  'locale',
  'texts',
  'dialogTexts',
  'view',
] as const satisfies (keyof Element)[]

const Billing = createComponent({
  react: React,
  tagName: 'credits-billing',
  elementClass: shapeOf<Pick<Element, keyof HTMLElement | (typeof billingProperties)[number]>>(billingProperties),
  displayName: 'credits-billing',
  events: { ...purchaseEvents, onCreditsView: 'credits-view' as EventName<CustomEvent<BillingView>> },
})

export type CreditsBillingProps = Omit<React.ComponentProps<typeof Billing>, 'ref'>

/** `<credits-billing>`, the billing page. Its code is loaded when it is shown; `@credits-gateway/elements/billing.css` has its colors. */
export const CreditsBilling = React.forwardRef<Element, CreditsBillingProps>((props, ref) => {
  React.useEffect(() => void import('@credits-gateway/elements/billing'), [])
  return <Billing {...props} ref={ref as React.Ref<object> as React.Ref<never>} />
})
CreditsBilling.displayName = 'CreditsBilling'
