import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type Credits, type CreditsOptions, createCredits } from '../../../web/server/index.ts'
import { ask, type Gateway, startGateway, tokenFor } from '../../setup/gateway.ts'
import { type GatewayDoor, gatewayDoor, type Treatment } from '../../setup/gateway-door.ts'
import { grant, makeTeam, resultOf } from '../../setup/operator.ts'

/** 100 credits. */
export const hundred = [{ rate: 'image.flux-2-pro', count: 2 }, { rate: 'image.gpt-image-1-5' }]
/** 20 credits. */
export const twenty = [{ rate: 'image.background-removal' }]

const opened: (() => unknown)[] = []

export function outboxFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'credits-outbox-'))
  opened.push(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'outbox.db')
}

/** A client of the operator's backend. `closeAll` closes it. Failed attempts are not printed. */
export async function openCredits(url: string, options: Partial<CreditsOptions> = {}): Promise<Credits> {
  const token = await tokenFor()
  const quiet = { onError: () => undefined, onParked: () => undefined }
  const credits = createCredits({ url: `${url}/graphql`, token, outbox: outboxFile(), ...quiet, ...options })
  opened.push(() => credits.close())
  return credits
}

export async function closeAll(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close()
}

type Receipt = { readonly charged: string; readonly charges: readonly { readonly id: string }[] }

/** The receipt of a reference; null: nothing was charged or held under it. */
export async function receiptOf(url: string, teamId: string, reference: string): Promise<Receipt | null> {
  const query = `query ($id: ID!, $reference: String!) {
    result: team(id: $id) { receipt(reference: $reference) { charged charges { id } } } }`
  return resultOf<{ receipt: Receipt | null }>(await ask(url, query, { id: teamId, reference })).receipt
}

/** A gateway for the tests of a file, behind a door that treats the next requests as planned. */
export type Scene = {
  readonly gateway: Gateway
  readonly door: GatewayDoor
  /** How the door treats the next requests; behind its end it lets them pass. Empty before each test. */
  plan: Treatment[]
  /** A team with 1,000 credits. */
  team(name: string): Promise<string>
}

/** Registers what opens and closes the scene. Its parts are there when the first test begins. */
export function openScene(): Scene {
  const scene = {
    plan: [] as Treatment[],
    async team(name: string) {
      await makeTeam(scene.gateway.url, name, 'free')
      await grant(scene.gateway.url, name, '500')
      return name
    },
  } as { -readonly [Name in keyof Scene]: Scene[Name] }
  beforeAll(async () => {
    scene.gateway = await startGateway()
    scene.door = await gatewayDoor(
      () => scene.gateway.url,
      () => scene.plan.shift() ?? 'PASS',
    )
  })
  afterEach(async () => {
    await closeAll()
    scene.plan = []
  })
  afterAll(async () => {
    await scene.door?.close()
    await scene.gateway?.close()
  })
  return scene
}
