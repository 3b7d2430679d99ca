import type { Browser, Page } from 'playwright-core'

/** What is looked at: a page or an element, in a state, in a look. */
export type Scene = {
  readonly name: string
  readonly path: string
  readonly look: keyof typeof looks
  /** Leads the page to its state; resolves when nothing moves any more. */
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
  await page.getByText('Live', { exact: true }).waitFor(patience)
  await page.locator('credits-usage canvas').waitFor(patience)
}
const tab = (name: string, selector: string) => async (page: Page) => {
  await liveBilling(page)
  await page.getByRole('tab', { name }).click()
  await seen(selector)(page)
}
const dialog = async (page: Page) => {
  await liveBilling(page)
  await page.getByRole('button', { name: 'Buy credits', exact: true }).click()
  await page.getByText('After purchase').waitFor(patience)
  await page.getByText('18,982').waitFor(patience)
}
const hovered = async (page: Page) => {
  await seen('credits-pill [part=pill]')(page)
  await page.locator('credits-pill').hover()
  await page.getByText('Next refill').waitFor(patience)
}
const charged = async (page: Page) => {
  await page.getByRole('tab', { name: 'Image generation' }).click(patience)
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText('Credits charged').waitFor(patience)
}

/** The demo is last: it spends. */
export const scenes: readonly Scene[] = [
  { name: 'sign-in', path: '/billing', look: 'light', prepare: seen('credits-sign-in') },
  { name: 'pricing', path: '/pricing', look: 'light', prepare: seen('pricing-page table') },
  { name: 'pricing-dark', path: '/pricing', look: 'dark', prepare: seen('pricing-page table') },
  { name: 'pricing-phone', path: '/pricing', look: 'phone', prepare: seen('pricing-page table') },
  { name: 'billing', path: '/billing', look: 'light', prepare: liveBilling },
  { name: 'billing-dark', path: '/billing', look: 'dark', prepare: liveBilling },
  { name: 'billing-phone', path: '/billing', look: 'phone', prepare: liveBilling },
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
  { name: 'pill', path: '/', look: 'light', prepare: hovered },
  { name: 'pill-dark', path: '/', look: 'dark', prepare: hovered },
  { name: 'demo', path: '/', look: 'light', prepare: charged },
  { name: 'demo-phone', path: '/', look: 'phone', prepare: seen('demo-composer') },
]

const withoutSignIn: ReadonlySet<string> = new Set(['sign-in'])

/** Takes a picture of each scene of a gateway whose demo team is new. */
export async function takePictures(browser: Browser, url: string, take: (scene: Scene, picture: Buffer) => unknown) {
  const answer = await fetch(`${url}/demo/session?member=ana&role=admin`, { method: 'POST' })
  const { token } = (await answer.json()) as { token: string }
  for (const scene of scenes) {
    const context = await browser.newContext({ ...looks[scene.look], reducedMotion: 'reduce', locale: 'en-US' })
    if (!withoutSignIn.has(scene.name)) {
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
