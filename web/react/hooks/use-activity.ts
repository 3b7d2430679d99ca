'use client'
import {
  type ActivityController,
  type ActivitySnapshot,
  createActivity,
  type TeamScope,
} from '@credits-gateway/elements/controllers'
import { useState } from 'react'
import { type Live, useController } from './use-controller.ts'

/** `initial`: rows that a server has read. Those of the first render count. */
export type ActivityOptions = TeamScope & { readonly initial?: Pick<ActivitySnapshot, 'rows' | 'hasMore'> }

/** The team's activity with filters, page by page, live. */
export function useActivity({ initial, ...scope }: ActivityOptions): Live<ActivityController> {
  const [first] = useState(() => {
    if (initial === undefined) return undefined
    const { rows, hasMore } = initial
    return { ...createActivity(scope).getSnapshot(), phase: 'ready', rows, hasMore } as const
  })
  return useController(createActivity, scope, first)
}
