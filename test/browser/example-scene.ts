import { type ChildProcess, spawn } from 'node:child_process'
import type { Browser } from 'playwright-core'
import { expect } from 'vitest'
import { freePort } from '../setup/free-port.ts'
import { ask, type Gateway, startGateway, stopped } from '../setup/gateway.ts'
import { balanceOf, charge, makeTeam, resultOf } from '../setup/operator.ts'
import { startBrowser } from './chromium.ts'

const team = 'examples'
const patience = { timeout: 15_000 }

/** A gateway that lets the pages of one address in, an API key of a team, and a browser. One example is served at a time. */
export class ExampleScene {
  readonly #gateway: Gateway
  readonly #browser: Browser
  readonly #env: NodeJS.ProcessEnv
  readonly site: string
  #backend: ChildProcess | null = null

  private constructor(gateway: Gateway, browser: Browser, site: string, key: string) {
    this.#gateway = gateway
    this.#browser = browser
    this.site = site
    const address = { PORT: new URL(site).port, SITE_ORIGIN: site }
    this.#env = {
      ...process.env,
      ...address,
      CREDITS_GATEWAY: gateway.url,
      CREDITS_API_KEY: key,
      NODE_ENV: 'production',
    }
  }

  static async open(): Promise<ExampleScene> {
    const site = `http://127.0.0.1:${await freePort()}`
    const [gateway, browser] = await Promise.all([startGateway({ env: { ALLOWED_ORIGINS: site } }), startBrowser()])
    await makeTeam(gateway.url, team, 'pro')
    const mutation = `mutation ($input: CreateApiKeyInput!) { result: createApiKey(input: $input) { ... on CreatedApiKey { secret } } }`
    const input = { name: 'the backend of an example', scopes: ['READ'], teamId: team }
    const { secret } = resultOf<{ secret: string }>(await ask(gateway.url, mutation, { input }))
    return new ExampleScene(gateway, browser, site, secret)
  }

  /** Starts the backend of an example, and waits until it says that it is ready. */
  async serve(folder: string, program: readonly string[], ready: string): Promise<void> {
    const backend = spawn(process.execPath, program, {
      cwd: folder,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#backend = backend
    for await (const chunk of backend.stdout) if (`${chunk}`.includes(ready)) return
    throw new Error(`The backend in ${folder} ended`)
  }

  async stopServing(): Promise<void> {
    if (this.#backend === null) return
    this.#backend.kill('SIGKILL')
    await stopped(this.#backend)
    this.#backend = null
  }

  label = async () => `${Number((await balanceOf(this.#gateway.url, team)).available).toLocaleString('en')} Credits`

  /** The pill has the team's number, and the next one after a charge, and nothing is written to the console. */
  async expectLivePill(): Promise<void> {
    const page = await this.#browser.newPage()
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(error.message))
    await page.goto(this.site)
    const text = async () => (await page.locator('credits-pill .pill').innerText()).replace(/\s+/g, ' ')
    await expect.poll(text).toBe(await this.label())
    await page.locator('credits-pill .root[data-connection=live]').waitFor(patience)
    await charge(this.#gateway.url, team)
    await expect.poll(text).toBe(await this.label())
    expect(said).toEqual([])
    await page.close()
  }

  async close(): Promise<void> {
    await this.#browser.close()
    await this.stopServing()
    await this.#gateway.close()
  }
}
