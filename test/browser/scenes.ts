import type { Browser, Page } from 'playwright-core'
import { signToken } from '../../src/access/tokens.ts'

/** The subject of a picture: a page or an element, in a state, in a look. */
export type Scene = {
  readonly name: string
  readonly path: string
  readonly look: keyof typeof looks
  /** The visitor whose token the page has. Absent: an admin of the demo team. */
  readonly visitor?: 'nobody' | 'operator' | 'low' | 'exhausted'
  /** Brings the page to its state; resolves when nothing moves any more. */
  readonly prepare: (page: Page) => Promise<unknown>
}

export const looks = {
  light: { viewport: { width: 1280, height: 860 }, colorScheme: 'light' },
  dark: { viewport: { width: 1280, height: 860 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light' },
} as const

const patience = { timeout: 30_000 }
const seen = (selector: string) => (page: Page) => page.locator(selector).first().waitFor(patience)
const liveBilling = async (page: Page) => {
  await page.locator('credits-balance [data-state=live]').waitFor(patience)
  await page.locator('credits-usage canvas').waitFor(patience)
}
const tab = (name: string, selector: string) => async (page: Page) => {
  await liveBilling(page)
  await page.getByRole('tab', { name }).click()
  await seen(selector)(page)
  await page
    .locator('.skeleton:visible')
    .first()
    .waitFor({ state: 'detached', ...patience })
}
const dialog = async (page: Page) => {
  await liveBilling(page)
  await page.locator('#buy').click()
  await page.locator('credits-buy dialog[open] .after').waitFor(patience)
  // The dialog grows with what it asks for beside its price.
  await page.waitForLoadState('networkidle', patience)
}
const operator = async (page: Page) => {
  await page.getByText('Acme').first().waitFor(patience)
}
const hovered = async (page: Page) => {
  await seen('credits-pill [part=pill]')(page)
  await page.locator('credits-pill').hover()
  await page.getByText('Next refill').waitFor(patience)
}
const inArabic = async (page: Page) => {
  await seen('credits-pill [part=pill]')(page)
  await page.evaluate(() => document.querySelector('credits-pill')?.setAttribute('locale', 'ar'))
  await page.locator('credits-pill [dir=rtl]').waitFor(patience)
  await page.locator('credits-pill').hover()
  await page.locator('credits-pill [part=card]').waitFor(patience)
}
const charged = async (page: Page) => {
  await page.getByRole('tab', { name: 'Image generation' }).click(patience)
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('Credits charged').waitFor(patience)
}

/** The scene of the demo is last, because it spends. */
export const scenes: readonly Scene[] = [
  { name: 'sign-in', path: '/billing', look: 'light', visitor: 'nobody', prepare: seen('credits-sign-in') },
  { name: 'pricing', path: '/pricing', look: 'light', prepare: seen('pricing-page table') },
  { name: 'pricing-dark', path: '/pricing', look: 'dark', prepare: seen('pricing-page table') },
  { name: 'pricing-phone', path: '/pricing', look: 'phone', prepare: seen('pricing-page table') },
  { name: 'billing', path: '/billing', look: 'light', prepare: liveBilling },
  { name: 'billing-dark', path: '/billing', look: 'dark', prepare: liveBilling },
  { name: 'billing-phone', path: '/billing', look: 'phone', prepare: liveBilling },
  { name: 'billing-rtl', path: '/billing?locale=ar', look: 'light', prepare: liveBilling },
  {
    name: 'activity',
    path: '/billing',
    look: 'light',
    prepare: tab('Activity', 'credits-activity li'),
  },
  { name: 'purchases', path: '/billing', look: 'light', prepare: tab('Purchases', 'credits-purchases') },
  { name: 'plan', path: '/billing', look: 'dark', prepare: tab('Plan and limits', 'credits-plan') },
  { name: 'buy', path: '/billing', look: 'light', prepare: dialog },
  { name: 'buy-dark', path: '/billing', look: 'dark', prepare: dialog },
  { name: 'buy-phone', path: '/billing', look: 'phone', prepare: dialog },
  { name: 'buy-rtl', path: '/billing?locale=ar', look: 'phone', prepare: dialog },
  { name: 'low', path: '/billing', look: 'light', visitor: 'low', prepare: liveBilling },
  { name: 'exhausted', path: '/billing', look: 'dark', visitor: 'exhausted', prepare: liveBilling },
  { name: 'operator', path: '/operator', look: 'light', visitor: 'operator', prepare: operator },
  { name: 'operator-dark', path: '/operator', look: 'dark', visitor: 'operator', prepare: operator },
  { name: 'operator-phone', path: '/operator', look: 'phone', visitor: 'operator', prepare: operator },
  { name: 'pill', path: '/', look: 'light', prepare: hovered },
  { name: 'pill-dark', path: '/', look: 'dark', prepare: hovered },
  { name: 'pill-rtl', path: '/', look: 'light', prepare: inArabic },
  { name: 'demo', path: '/', look: 'light', prepare: charged },
  { name: 'demo-phone', path: '/', look: 'phone', prepare: seen('demo-composer') },
]

type Claims = Parameters<typeof signToken>[1]
const admin = { member: 'ana', name: 'Ana', role: 'ADMIN' } as const
const visitors: Readonly<Record<Exclude<NonNullable<Scene['visitor']>, 'nobody'> | 'demo', Claims>> = {
  demo: { ...admin, team: 'demo' },
  low: { ...admin, team: 'low' },
  exhausted: { ...admin, team: 'exhausted' },
  operator: { member: 'ops', role: 'PLATFORM', team: undefined },
}

/** Makes two more teams: of 500 credits one has 90 left, the other none. */
async function makeTeams(url: string, operator: string): Promise<void> {
  for (const [team, seconds] of [
    ['low', '4.1'],
    ['exhausted', '5'],
  ]) {
    const usage = `[{ rate: "video.luma-ray-3", quantity: "${seconds}" }]`
    const query = `mutation {
      assignPlan(input: { teamId: "${team}", planId: "free", teamName: "Acme", seats: 1, idempotencyKey: "plan" }) { __typename }
      chargeUsage(input: { teamId: "${team}", usage: ${usage}, idempotencyKey: "charge" }) { __typename ... on Error { message } }
    }`
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${operator}` },
      body: JSON.stringify({ query }),
    })
    const answer = (await response.json()) as { data?: Record<string, { __typename: string }> }
    if (answer.data?.chargeUsage?.__typename !== 'Charge')
      throw new Error(`The team ${team} was not made: ${JSON.stringify(answer)}`)
  }
}

export type Taken = (scene: Scene, picture: Buffer) => unknown

/** Takes a picture of each scene of a gateway whose demo team is new. `secret` signs its tokens. */
export async function takePictures(browser: Browser, url: string, secret: string, take: Taken): Promise<void> {
  await makeTeams(url, await signToken(secret, visitors.operator, 600))
  for (const scene of scenes) {
    const context = await browser.newContext({ ...looks[scene.look], reducedMotion: 'reduce', locale: 'en-US' })
    if (scene.visitor !== 'nobody') {
      const token = await signToken(secret, visitors[scene.visitor ?? 'demo'], 600)
      await context.addInitScript((kept) => sessionStorage.setItem('credits.token', kept), token)
    }
    const page = await context.newPage()
    await page.goto(`${url}${scene.path}`)
    await scene.prepare(page)
    await page.evaluate(() => document.fonts.ready)
    take(scene, await page.screenshot({ animations: 'disabled', caret: 'hide' }))
    await context.close()
  }
}
