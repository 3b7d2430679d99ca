'use client'
import type { CreditsBuy as Element } from '@credits-gateway/elements/buy'
import { createComponent } from '@lit/react'
import * as React from 'react'
import { purchaseEvents } from './events.ts'
import { shapeOf } from './shape.ts'

export const buyProperties = ['client', 'locale', 'theme', 'texts'] as const satisfies (keyof Element)[]

const Buy = createComponent({
  react: React,
  tagName: 'credits-buy',
  elementClass: shapeOf<Pick<Element, keyof HTMLElement | (typeof buyProperties)[number]>>(buyProperties),
  displayName: 'credits-buy',
  events: purchaseEvents,
})

export type CreditsBuyProps = Omit<React.ComponentProps<typeof Buy>, 'ref'> & { readonly open: boolean }

/**
 * `<credits-buy>`, the dialog that sells credits: shown while `open`. `onCreditsDialogClose` hears of a visitor who closes it. Its code is
 * loaded when it first opens.
 */
export function CreditsBuy({ open, ...props }: CreditsBuyProps) {
  const ref = React.useRef<Element>(null)
  React.useEffect(() => {
    if (!open) return
    let isCurrent = true
    void import('@credits-gateway/elements/buy').then(() => isCurrent && ref.current?.open())
    return () => {
      isCurrent = false
      ref.current?.close?.()
    }
  }, [open])
  return <Buy {...props} ref={ref as React.RefObject<never>} />
}
