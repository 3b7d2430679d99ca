import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { createTestDatabase } from '../setup/database.ts'
import { ask, type Gateway, startGateway } from '../setup/gateway.ts'
import { balanceOf, charge, makeTeam, resultOf } from '../setup/operator.ts'
import { startBrowser } from './chromium.ts'
import { type HostPage, startHostPage } from './host-page.ts'

export const patience = { timeout: 15_000 }

/** A gateway, a site of another origin, and a browser in which pills are opened; nothing may be written to its console. */
export class PillScene {
  readonly #database: Awaited<ReturnType<typeof createTestDatabase>>
  readonly #browser: Browser
  readonly site: HostPage
  #gateway: Gateway | null = null
  #contexts: BrowserContext[] = []
  #teams = 0
  team = ''
  member = 'ana'
  tokenSeconds = 3600
  said: string[] = []

  private constructor(database: Awaited<ReturnType<typeof createTestDatabase>>, browser: Browser, site: HostPage) {
    this.#database = database
    this.#browser = browser
    this.site = site
  }

  static async open(): Promise<PillScene> {
    const [database, browser] = await Promise.all([createTestDatabase(), startBrowser()])
    let scene: PillScene | null = null
    const site = await startHostPage(
      () => scene?.url ?? '',
      async () => (await scene?.pillToken()) ?? '',
    )
    scene = new PillScene(database, browser, site)
    await scene.startGateway()
    return scene
  }

  get url(): string {
    return this.#gateway?.url ?? ''
  }

  /** A pill token, made as a site's backend makes one for its signed-in user. */
  async pillToken(): Promise<string> {
    const query = `mutation ($teamId: ID, $memberId: ID, $origin: String, $seconds: Int) {
      result: createPillToken(teamId: $teamId, memberId: $memberId, origin: $origin, expiresInSeconds: $seconds) { token } }`
    const { team: teamId, member: memberId, tokenSeconds: seconds, site } = this
    return resultOf<{ token: string }>(await ask(this.url, query, { teamId, memberId, origin: site.url, seconds }))
      .token
  }

  async startGateway(port = 0): Promise<void> {
    this.#gateway = await startGateway({
      port,
      databaseUrl: this.#database.url,
      env: { ALLOWED_ORIGINS: this.site.url },
    })
  }

  async stopGateway(): Promise<void> {
    await this.#gateway?.close()
  }

  async close(): Promise<void> {
    await this.#browser.close()
    await this.#gateway?.close()
    await this.site.close()
    await this.#database.drop()
  }

  /** Another team, and a browser that knows nothing yet. */
  async newTeam(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    this.#teams += 1
    Object.assign(this, { team: `pill-${this.#teams}`, member: 'ana', tokenSeconds: 3600, said: [] })
    await makeTeam(this.url, this.team, 'free')
    const context = await this.#browser.newContext(options)
    this.#contexts.push(context)
    context.on('console', (message) => this.said.push(message.text()))
    context.on('weberror', (error) => this.said.push(error.error().message))
    return context
  }

  async closeContexts(): Promise<void> {
    for (const context of this.#contexts) await context.close()
    this.#contexts = []
  }

  async openPill(context: BrowserContext, attributes: Record<string, string> = {}): Promise<Page> {
    const page = await context.newPage()
    await page.addInitScript(recordEvents)
    const query = new URLSearchParams({ endpoint: this.url, 'token-url': '/token', ...attributes })
    await page.goto(`${this.site.url}/?${query}`)
    return page
  }

  async openLivePill(context: BrowserContext, attributes: Record<string, string> = {}): Promise<Page> {
    const page = await this.openPill(context, attributes)
    await page.locator('credits-pill .root[data-connection=live] .card').waitFor({ state: 'attached', ...patience })
    return page
  }

  async charge(): Promise<void> {
    await charge(this.url, this.team)
  }

  async available(): Promise<string> {
    return Number((await balanceOf(this.url, this.team)).available).toLocaleString('en')
  }

  /** Expects the page to follow another charge. */
  async expectToFollow(page: Page): Promise<void> {
    await this.charge()
    const label = await this.available()
    await expect.poll(() => textOf(page), patience).toMatch(new RegExp(`^${label} `))
  }
}

/** Every event of the pill, in order. */
function recordEvents(): void {
  const seen: string[] = []
  Object.assign(window, { seen })
  for (const type of ['change', 'low', 'exhausted', 'recovered', 'added', 'dialog-open']) {
    document.addEventListener(`credits-${type}`, () => seen.push(type))
  }
}

export const pillIn = (page: Page) => page.locator('credits-pill .pill')
export const eventsIn = (page: Page) => page.evaluate('window.seen') as Promise<string[]>
export const textOf = async (page: Page) => (await pillIn(page).innerText()).replace(/\s+/g, ' ').trim()
