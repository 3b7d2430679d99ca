import { type CreditsClient, createCreditsClient } from '@credits-gateway/client'
import { createElement, type FunctionComponent } from 'react'
import { renderToString } from 'react-dom/server'
import type { Component } from 'svelte'
import { compile } from 'svelte/compiler'
import { render } from 'svelte/server'
import type { Readable } from 'svelte/store'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createRenderer, h, type ShallowRef } from 'vue'
import { Arrivals, untilState } from '../integration/client/watching.ts'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { charge } from '../setup/operator.ts'
import { imported, makeProject, type Project, snippet } from './project.ts'
import { newTeam } from './scene.ts'

const sveltePill = `<script>
  import { balance } from './balance.ts'
</script>
${/\/\/ (<span.*)/.exec(snippet('client', '**Svelte**', 'ts'))?.[1]}`

let gateway: Gateway
let project: Project
let team: string
let credits: CreditsClient
let tokens = 0

beforeAll(async () => {
  gateway = await startGateway()
  project = await makeProject({
    'use-balance.ts': snippet('client', '**Vue**', 'ts'),
    'balance.ts': snippet('client', '**Svelte**', 'ts'),
    'pill.tsx': snippet('client', '**React**', 'tsx'),
    'pill.svelte': sveltePill,
  })
})

afterAll(async () => {
  await project?.remove()
  await gateway?.close()
})

beforeEach(async () => {
  const made = await newTeam(gateway)
  team = made.team
  tokens = 0
  const token = () => {
    tokens += 1
    return tokenFor(made.member)
  }
  credits = createCreditsClient({ url: `${gateway.url}/graphql`, token })
})

/** A module of the project, for which `./credits` is the client of the test, and which takes itself to be in a page or on a server. */
const importedIn = <Module>(place: 'page' | 'server', name: string) =>
  imported<Module>(project, name, { './credits': { credits } }, (code, id) => {
    if (id.endsWith('.svelte')) return compile(code, { generate: 'server' }).js.code
    return place === 'page' ? code.replaceAll('typeof document', "'object'") : null
  })

test('React renders a pill on a server without a connection', async () => {
  const { Pill } = await importedIn<{ Pill: FunctionComponent<{ label?: string }> }>('server', 'pill.tsx')
  expect(renderToString(createElement(Pill))).toBe('<span data-state="idle">…</span>')
  expect(renderToString(createElement(Pill, { label: '2,341 Credits' }))).toContain('2,341 Credits')
  expect(tokens).toBe(0)
  credits.close()
})

/** A Vue that draws nothing and says which text it would show. */
function vueTo(show: (text: string) => void) {
  const none = () => null
  const { createApp } = createRenderer<object, object>({
    createElement: () => ({}),
    createText: () => ({}),
    createComment: () => ({}),
    setElementText: (_, text) => show(text),
    setText: none,
    insert: none,
    remove: none,
    patchProp: none,
    parentNode: none,
    nextSibling: none,
  })
  return createApp
}

test('Vue shows each charge while the pill is mounted', async () => {
  type Shown = ShallowRef<ReturnType<CreditsClient['balance']['store']['getSnapshot']>>
  const { useBalance } = await importedIn<{ useBalance(): Shown }>('page', 'use-balance.ts')
  const shown = new Arrivals<string>()
  const app = vueTo(shown.take)({
    setup() {
      const balance = useBalance()
      return () => h('span', balance.value.value?.label ?? '…')
    },
  })
  app.mount({})
  await shown.until((text) => text === '50,000 Credits')
  await charge(gateway.url, team)
  await shown.until((text) => text === '49,900 Credits')
  app.unmount()
  await untilState(credits, 'idle')
  expect(shown.seen[0]).toBe('…')
})

test('Svelte shows each charge while the store is read', async () => {
  type Snapshot = ReturnType<CreditsClient['balance']['store']['getSnapshot']>
  const { balance } = await importedIn<{ balance: Readable<Snapshot> }>('page', 'balance.ts')
  const shown = new Arrivals<string>()
  const stop = balance.subscribe(({ value }) => shown.take(value?.label ?? '…'))
  await shown.until((label) => label === '50,000 Credits')
  await charge(gateway.url, team)
  await shown.until((label) => label === '49,900 Credits')
  stop()
  await untilState(credits, 'idle')
})

test('Svelte renders a pill on a server, without a connection', async () => {
  const { default: Pill } = await importedIn<{ default: Component }>('server', 'pill.svelte')
  expect(render(Pill, {}).body).toContain('…</span>')
  expect(credits.state).toBe('idle')
  expect(tokens).toBe(0)
  credits.close()
})
