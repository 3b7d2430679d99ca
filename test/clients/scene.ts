import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resuming } from '@credits-gateway/client'
import { type Client, createClient } from 'graphql-ws'
import { expect } from 'vitest'
import { Arrivals } from '../integration/client/watching.ts'
import { cuttingLine } from '../setup/cutting-line.ts'
import { ask, type Caller, type Gateway, tokenFor } from '../setup/gateway.ts'
import { advanceClock, charge, makeTeam, resultOf } from '../setup/operator.ts'
import { randomOf, seed } from '../setup/random.ts'

export type Team = { readonly team: string; readonly member: Caller }

/** A new team with 50,000 credits, and a member that may spend and buy. */
export async function newTeam(gateway: Gateway): Promise<Team> {
  const team = randomUUID()
  await makeTeam(gateway.url, team)
  return { team, member: { team, role: 'ADMIN' } }
}

/** The socket of docs/recipes.md; `stock` is what `dispose` ends. */
export function socketTo(url: string, caller: Caller): { socket: Client; stock: Client } {
  const stock = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    connectionParams: async () => ({ authorization: `Bearer ${await tokenFor(caller)}` }),
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: () => new Promise((resolve) => setImmediate(resolve)),
  })
  return { socket: resuming(stock), stock }
}

/** Starts a subscription of `accountEvents { balance { available } }`, and returns what ends it. */
type Listen = (socket: Client, hear: (available: string) => void) => (() => void) | Promise<() => void>

/** Charges 40 times while each socket is cut after a few bytes; every event must be heard once and in order. */
export async function expectEachEventOnce(gateway: Gateway, listen: Listen): Promise<void> {
  const { team, member } = await newTeam(gateway)
  const random = randomOf(seed)
  const line = await cuttingLine(gateway.url, () => Math.floor(random() * 3_000))
  const { socket, stock } = socketTo(line.url, member)
  const heard = new Arrivals<number>()
  const stop = await listen(socket, (available) => heard.take(Number(available)))
  const charged = 40
  for (let time = 0; time < charged; time++) await charge(gateway.url, team)
  line.mend()
  await heard.until((available) => available === 50_000 - charged * 100)
  for (const [index, one] of heard.seen.entries()) if (index > 0) expect(heard.seen[index - 1]).toBe(one + 100)
  stop()
  await stock.dispose()
  await line.close()
}

/** Doubles the price of `image.flux-2-pro` and gives back an instant at which the old price was in force. */
export async function doubleFluxPrice(gateway: Gateway): Promise<string> {
  const source = readFileSync('catalogs/wevion.yaml', 'utf8').replace(
    'name: Flux 2 Pro, money: 0.03',
    'name: Flux 2 Pro, money: 0.06',
  )
  const mutation = `mutation ($input: PublishCatalogInput!) { result: publishCatalog(input: $input) {
    ... on PublishedCatalog { effectiveFrom } } }`
  const { effectiveFrom } = resultOf<{ effectiveFrom: string }>(await ask(gateway.url, mutation, { input: { source } }))
  const begins = Date.parse(effectiveFrom)
  await advanceClock(gateway.url, new Date(begins + 1_000))
  return new Date(begins - 1).toISOString()
}

type Rate = { readonly code: string; readonly credits?: string | null }
export type RateCard = { readonly categories: readonly { readonly rates: readonly Rate[] }[] }

export const fluxOf = (card: RateCard | null | undefined): Rate | undefined =>
  card?.categories.flatMap(({ rates }) => rates).find(({ code }) => code === 'image.flux-2-pro')

/** One image of Flux 2 Pro. */
export const usage = [{ rate: 'image.flux-2-pro', count: 1 }]

/** Over this socket, the answer to the next query waits after `keepBack`, until the test lets it arrive. */
export function slowSocket(socket: Client): {
  socket: Client
  keepBack(): { answered: Promise<void>; arrive(): void }
} {
  let kept: { answered: PromiseWithResolvers<void>; arrives: PromiseWithResolvers<void> } | null = null
  const subscribe: Client['subscribe'] = (payload, sink) => {
    if (kept === null || payload.query.trimStart().startsWith('subscription')) return socket.subscribe(payload, sink)
    const { answered, arrives } = kept
    kept = null
    return socket.subscribe<never, never>(payload, {
      next(answer) {
        answered.resolve()
        void arrives.promise.then(() => sink.next(answer))
      },
      error: (error) => sink.error(error),
      complete: () => void arrives.promise.then(() => sink.complete()),
    })
  }
  return {
    socket: Object.assign(Object.create(socket), { subscribe }),
    keepBack() {
      kept = { answered: Promise.withResolvers(), arrives: Promise.withResolvers() }
      const { answered, arrives } = kept
      return { answered: answered.promise, arrive: () => arrives.resolve() }
    },
  }
}
