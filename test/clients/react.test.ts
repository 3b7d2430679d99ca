import { createCreditsClient } from '@credits-gateway/client'
import { createElement, useSyncExternalStore } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'

test('React renders a pill on a server without a connection', () => {
  let tokens = 0
  const credits = createCreditsClient({ url: 'https://credits.example.com/graphql', token: () => `${tokens++}` })
  const { subscribe, getSnapshot, getServerSnapshot } = credits.balance.store
  const Pill = ({ label }: { label?: string }) => {
    const { value, state } = useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot)
    return createElement('span', { 'data-state': state }, value?.label ?? label ?? '…')
  }
  expect(renderToString(createElement(Pill))).toBe('<span data-state="idle">…</span>')
  expect(renderToString(createElement(Pill, { label: '2,341 Credits' }))).toContain('2,341 Credits')
  expect(tokens).toBe(0)
  credits.close()
})
