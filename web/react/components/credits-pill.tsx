'use client'
import type { CreditsPill as Element } from '@credits-gateway/elements'
import type { PillEvents } from '@credits-gateway/elements/controllers'
import { createComponent, type EventName } from '@lit/react'
import * as React from 'react'
import { purchaseEvents } from './events.ts'
import { shapeOf } from './shape.ts'

type Named<Type extends keyof PillEvents> = EventName<CustomEvent<PillEvents[Type]>>

export const pillProperties = [
  'endpoint',
  'token',
  'tokenUrl',
  'teamId',
  'locale',
  'theme',
  'rate',
  'initial',
  'texts',
  'dialogTexts',
] as const satisfies (keyof Element)[]

const Pill = createComponent({
  react: React,
  tagName: 'credits-pill',
  elementClass: shapeOf<Pick<Element, keyof HTMLElement | (typeof pillProperties)[number]>>(pillProperties),
  displayName: 'credits-pill',
  events: {
    ...purchaseEvents,
    onCreditsChange: 'credits-change' as Named<'change'>,
    onCreditsLow: 'credits-low' as Named<'low'>,
    onCreditsRecovered: 'credits-recovered' as Named<'recovered'>,
    onCreditsExhausted: 'credits-exhausted' as Named<'exhausted'>,
    onCreditsAdded: 'credits-added' as Named<'added'>,
    onCreditsRefunded: 'credits-refunded' as Named<'refunded'>,
    onCreditsRecharge: 'credits-recharge' as Named<'recharge'>,
    onCreditsConnection: 'credits-connection' as Named<'connection'>,
  },
})

export type CreditsPillProps = Omit<React.ComponentProps<typeof Pill>, 'ref'>

/**
 * `<credits-pill>`. A server renders the label of `initial`, which stays until the gateway has said the balance. The element's code is
 * loaded when the pill is shown; until then, `buy` and `state` of the ref are undefined.
 */
export const CreditsPill = React.forwardRef<Element, CreditsPillProps>(({ children, ...props }, ref) => {
  React.useEffect(() => void import('@credits-gateway/elements/pill'), [])
  // The label is of all credits, not of a rate's.
  const label = props.rate ? undefined : props.initial?.label
  return (
    <Pill {...props} ref={ref as React.Ref<object> as React.Ref<never>}>
      {children}
      {/* In no slot: it is seen as long as the element has no shadow root. */}
      {label === undefined ? null : <span>{label}</span>}
    </Pill>
  )
})
CreditsPill.displayName = 'CreditsPill'
