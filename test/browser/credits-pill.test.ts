import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { tokenFor } from '../setup/gateway.ts'
import { metric, untilMetric } from '../setup/metrics.ts'
import { grant, hold, makeTeam, mutate } from '../setup/operator.ts'
import { runsHere } from './chromium.ts'
import { faultsOf } from './page-faults.ts'
import { eventsIn, PillScene, patience, pillIn, textOf } from './pill-scene.ts'

let scene: PillScene

beforeAll(async () => {
  if (runsHere) scene = await PillScene.open()
})
afterEach(() => scene?.closeContexts())
afterAll(() => scene?.close())

const sockets = () => metric(scene.url, 'credits_open_sockets')
const spend = (rate: string) => mutate(scene.url, 'chargeUsage', { teamId: scene.team, usage: [{ rate }] })
/** Spends until 70 of the team's 500 credits are left. */
async function spendToLow(): Promise<void> {
  for (let count = 0; count < 4; count += 1) await scene.charge()
  await spend('image.flux-2-pro')
}
const exhaust = async () => {
  await spend('image.flux-2-pro')
  await spend('image.gpt-image-1-5')
}
const untilText = (page: Page, text: string | RegExp) => expect.poll(() => textOf(page), patience).toMatch(text)
/** Every number that is painted, in order. */
const recordNumbers = (page: Page) =>
  page.evaluate(() => {
    const numbers: string[] = []
    Object.assign(window, { numbers })
    const look = () => {
      const shown = document.querySelector('credits-pill')?.shadowRoot?.querySelector('.number')?.textContent ?? ''
      if (shown !== numbers.at(-1)) numbers.push(shown)
      requestAnimationFrame(look)
    }
    look()
  })
const numbersIn = (page: Page) => page.evaluate('window.numbers') as Promise<string[]>

/** Requests of these files wait until the returned function is called. */
async function holdBack(context: BrowserContext, url: string): Promise<() => void> {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await context.route(url, async (route) => {
    await held
    await route.continue()
  })
  return release
}

describe.skipIf(!runsHere)(
  'the pill on a site of another origin (skipped where the packaged Chromium does not run: it is for Linux on x64)',
  () => {
    test('works under the strictest policy and looks the same under a hostile style sheet', async () => {
      const page = await scene.openLivePill(await scene.newTeam())
      await scene.expectToFollow(page)
      expect((await pillIn(page).boundingBox())?.height).toBe(30)
      const style = await pillIn(page).evaluate((pill) => {
        const { fontSize, fontStyle, textTransform, letterSpacing } = getComputedStyle(pill)
        return { fontSize, fontStyle, textTransform, letterSpacing }
      })
      expect(style).toEqual({ fontSize: '13px', fontStyle: 'normal', textTransform: 'none', letterSpacing: 'normal' })
      expect(scene.said).toEqual([])
    })

    test('shows no number before it knows one, or the one that the page knew', async () => {
      const context = await scene.newTeam()
      let release = () => {}
      const held = new Promise<void>((resolve) => {
        release = resolve
      })
      await context.route('**/token', async (route) => {
        await held
        await route.continue()
      })
      const page = await scene.openPill(context)
      const known = await scene.openPill(context, { initial: '{"label":"480 Credits","available":"480","state":"OK"}' })
      await page.locator('credits-pill [part=skeleton]').waitFor(patience)
      expect(await textOf(page)).toBe('')
      await untilText(known, '480 Credits')
      release()
      for (const one of [page, known]) await untilText(one, '500 Credits')
    })

    test('shows the number before the connection is there', async () => {
      const context = await scene.newTeam()
      await context.routeWebSocket(/graphql/, () => {})
      const page = await scene.openPill(context)
      await untilText(page, '500 Credits')
      const state = await page.locator('credits-pill').evaluate((pill) => Reflect.get(pill, 'state').connection)
      expect(state).toBe('connecting')
    })

    test('shows no number that was read before the one that it shows', async () => {
      const context = await scene.newTeam()
      let release = () => {}
      const held = new Promise<void>((resolve) => {
        release = resolve
      })
      const isFirstLook = (text: string | null) => text?.includes('FirstLook') === true
      await context.route('**/graphql', async (route) => {
        if (!isFirstLook(route.request().postData())) return route.continue()
        const response = await route.fetch()
        await held
        await route.fulfill({ response })
      })
      const token = await tokenFor({ team: scene.team, role: 'VIEWER' })
      const page = await scene.openLivePill(context, { token })
      await scene.expectToFollow(page)
      await recordNumbers(page)
      const late = page.waitForResponse((response) => isFirstLook(response.request().postData()))
      release()
      await (await late).finished()
      await scene.expectToFollow(page)
      const numbers = (await numbersIn(page)).map(Number)
      expect(numbers).toEqual(numbers.toSorted((one, another) => another - one))
    })

    test('counts down to the new number and shows nothing else in the end', async () => {
      const page = await scene.openLivePill(await scene.newTeam())
      await recordNumbers(page)
      await scene.charge()
      await scene.charge()
      await expect.poll(async () => (await numbersIn(page)).at(-1), patience).toBe('300')
      const numbers = (await numbersIn(page)).map(Number)
      expect(numbers.length).toBeGreaterThan(3)
      expect(numbers).toEqual(numbers.toSorted((one, other) => other - one))
      expect([numbers[0], numbers.at(-1)]).toEqual([500, 300])
    })

    test('does not count where the visitor wants less motion', async () => {
      const page = await scene.openLivePill(await scene.newTeam({ reducedMotion: 'reduce' }))
      await recordNumbers(page)
      await scene.charge()
      await expect.poll(() => numbersIn(page), patience).toEqual(['500', '400'])
    })

    test('is low, then exhausted, opens the dialog once, and recovers with a toast', async () => {
      const page = await scene.openLivePill(await scene.newTeam())
      await spendToLow()
      await untilText(page, '70 Credits Low')
      await exhaust()
      await untilText(page, '0 Credits Exhausted')
      await page.locator('credits-pill .toast', { hasText: 'Credits exhausted' }).waitFor(patience)
      await grant(scene.url, scene.team, '5000')
      await untilText(page, /^5,000 Credits$/)
      await page.locator('credits-pill .toast', { hasText: '+5,000 Credits' }).waitFor(patience)
      const events = (await eventsIn(page)).filter((type) => type !== 'change')
      expect(events.slice(0, 3)).toEqual(['low', 'exhausted', 'dialog-open'])
      expect(events.slice(3).toSorted()).toEqual(['added', 'recovered'])
    })

    test('opens no dialog and no toast where the page cancels the event', async () => {
      const page = await scene.openLivePill(await scene.newTeam())
      await page.evaluate(() => {
        for (const type of ['exhausted', 'added']) {
          document.addEventListener(`credits-${type}`, (event) => event.preventDefault())
        }
      })
      await spendToLow()
      await exhaust()
      await untilText(page, '0 Credits Exhausted')
      await grant(scene.url, scene.team, '100')
      await expect.poll(() => eventsIn(page), patience).toContain('added')
      expect(await eventsIn(page)).not.toContain('dialog-open')
      expect(await page.locator('credits-pill .toast').count()).toBe(0)
    })

    test('tells what is held, what is included and when more comes', async () => {
      const page = await scene.openLivePill(await scene.newTeam())
      await hold(scene.url, scene.team)
      await pillIn(page).hover()
      const card = page.locator('credits-pill [part=card]')
      await expect.poll(() => card.innerText(), patience).toContain('100 of 500 used')
      expect(await card.innerText()).toMatch(/Included in plan\s*400\s*Held\s*100\s*Next refill\s*\w+, /)
      await page.mouse.move(1, 1)
      await expect.poll(() => card.isVisible(), patience).toBe(false)
    })

    test('counts down how long a live session lasts, and no longer than that', async () => {
      const page = await scene.openLivePill(await scene.newTeam())
      await grant(scene.url, scene.team, '9500')
      const usage = (quantity: string) => [{ rate: 'video.runway-gen-4', quantity }]
      const input = { teamId: scene.team, usage: usage('2'), expiresInSeconds: 600 }
      const { id: holdId } = await mutate(scene.url, 'holdCredits', input)
      await mutate(scene.url, 'captureHold', { holdId, usage: usage('1') })
      // 9,950 credits with those that are held, at 50 a second.
      await untilText(page, /^9,900 Credits about 3 min left$/)
      await mutate(scene.url, 'settleHold', { holdId, usage: usage('1') })
      await untilText(page, /^9,900 Credits$/)
    })

    test('says that it is disconnected where the gateway refuses, and tells developers why', async () => {
      const page = await scene.openPill(await scene.newTeam(), { 'team-id': 'somebody-else' })
      await untilText(page, /^— Disconnected$/)
      const error = await page.locator('credits-pill').evaluate((pill) => Reflect.get(pill, 'state').error.code)
      expect(error).toBe('NOT_FOUND')
    })

    test.each([
      ['CHARGING', 'Payment under way', null],
      ['PAUSED', 'Payment declined', null],
      ['ACTION_REQUIRED', 'Confirm payment', 'https://pay.example/confirm'],
    ])('says that auto-recharge is %s', async (state, text, actionUrl) => {
      const context = await scene.newTeam()
      await context.route('**/graphql', async (route) => {
        if (!route.request().postData()?.includes('ReadRecharge')) return route.continue()
        const autoRecharge = { state, actionUrl, lastFailure: null, threshold: '100' }
        await route.fulfill({
          json: { data: { team: { autoRecharge } } },
          headers: { 'access-control-allow-origin': '*' },
        })
      })
      const page = await scene.openLivePill(context)
      await untilText(page, text)
      if (actionUrl === null) return
      await pillIn(page).hover()
      await expect.poll(() => page.getByRole('link', { name: text }).getAttribute('href')).toBe(actionUrl)
    })

    test('shows what is spendable for a rate, says which, and never the number of another one', async () => {
      const context = await scene.newTeam({ bypassCSP: true })
      const scope = { rates: ['image.flux-2-pro'] }
      await grant(scene.url, scene.team, '40', { scope })
      const initial = '{"label":"480 Credits","available":"480","state":"OK"}'
      const page = await scene.openLivePill(context, { rate: 'image.flux-2-pro', initial })
      await recordNumbers(page)
      await untilText(page, /^540 Credits$/)
      await expect
        .poll(() => pillIn(page).getAttribute('aria-label'), patience)
        .toMatch(/^540 Credits, for Flux 2 Pro, /)
      await spend('image.flux-2-pro')
      await untilText(page, /^510 Credits$/)
      await pillIn(page).hover()
      const card = page.locator('credits-pill [part=card]')
      await expect.poll(() => card.innerText(), patience).toMatch(/500\s+Credits[\s\S]*for Flux 2 Pro\s*510/)
      expect(await faultsOf(page)).toEqual([])
      expect(await numbersIn(page)).not.toContain('480')

      const show = (rate: string | null) =>
        page.locator('credits-pill').evaluate(async (pill, next) => {
          Object.assign(pill, { rate: next })
          await Reflect.get(pill, 'updateComplete')
          return pill.shadowRoot?.querySelector('.number')?.textContent ?? null
        }, rate)
      expect(await show('image.gpt-image-1-5')).toBe(null)
      await untilText(page, /^500 Credits$/)
      expect(await show('no such rate')).toBe(null)
      await untilText(page, /^—$/)
      await page.locator('credits-pill').evaluate((pill) => Object.assign(pill, { locale: 'de' }))
      await show('image.flux-2-pro')
      await expect.poll(() => pillIn(page).getAttribute('aria-label'), patience).toContain('für Flux 2 Pro')
      await show(null)
      await untilText(page, /^500 Credits$/)
      expect(scene.said).toEqual([])
    })

    test('can be used by keyboard alone', async () => {
      const page = await scene.openLivePill(await scene.newTeam())
      const card = page.locator('credits-pill [part=card]')
      await page.keyboard.press('Tab')
      await expect.poll(() => card.isVisible(), patience).toBe(true)
      await page.keyboard.press('Escape')
      await expect.poll(() => card.isVisible(), patience).toBe(false)
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog')
      await dialog.waitFor(patience)
      await page.keyboard.press('Tab')
      expect(await card.isVisible()).toBe(false)
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden', ...patience })
      expect(await page.evaluate('document.activeElement.shadowRoot.activeElement.className')).toBe('pill')
    })

    test('shows its details to a pointer that was there before their code', async () => {
      const context = await scene.newTeam()
      const release = await holdBack(context, '**/extras-*.js')
      const page = await scene.openPill(context)
      await page.locator('credits-pill [data-connection=live]').waitFor(patience)
      await pillIn(page).hover()
      release()
      await page.locator('credits-pill [part=card]').waitFor(patience)
    })

    test('shows a frame of the dialog while its code is fetched; Escape calls it off', async () => {
      const context = await scene.newTeam()
      const release = await holdBack(context, '**/credits-buy-*.js')
      const page = await scene.openLivePill(context, { locale: 'de' })
      await page.locator('credits-pill [part=unit]').waitFor(patience)
      const dialog = page.getByRole('dialog', { name: 'Credits kaufen' })
      await pillIn(page).click()
      await dialog.waitFor(patience)
      expect(await dialog.getAttribute('aria-busy')).toBe('true')
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden', ...patience })
      await pillIn(page).click()
      release()
      await page.locator('credits-buy [data-focus]').first().waitFor(patience)
      expect(await dialog.count()).toBe(1)
      await expect.poll(async () => (await eventsIn(page)).filter((type) => type === 'dialog-open')).toHaveLength(2)
      expect(scene.said).toEqual([])
    })

    test.each(['light', 'dark'] as const)('has no violation that axe-core finds, %s', async (colorScheme) => {
      const page = await scene.openLivePill(await scene.newTeam({ colorScheme, bypassCSP: true }))
      await spendToLow()
      await untilText(page, '70 Credits Low')
      await grant(scene.url, scene.team, '5')
      await page.locator('credits-pill .toast').waitFor(patience)
      // The number counts up to what the label says at once.
      await untilText(page, '75 Credits Low')
      await pillIn(page).hover()
      await page.locator('credits-pill [part=card]').waitFor(patience)
      expect(await faultsOf(page)).toEqual([])
    })

    test('speaks the language of the element, of the page, or English', async () => {
      const page = await scene.openLivePill(await scene.newTeam(), { locale: 'de' })
      await untilText(page, '500 Credits')
      const speak = (locale: string | null) =>
        page.locator('credits-pill').evaluate((pill, tag) => Object.assign(pill, { locale: tag }), locale)
      const direction = () => pillIn(page).evaluate((pill) => getComputedStyle(pill).direction)
      for (const [locale, text] of [
        ['fr', '500 crédits'],
        ['pl', '500 kredytów'],
        ['ja-JP', '500 クレジット'],
        ['xx-not a tag', '500 Credits'],
      ] as const) {
        await speak(locale)
        await untilText(page, text)
        expect(await direction()).toBe('ltr')
      }
      await speak('ar')
      await untilText(page, 'رصيد')
      expect(await direction()).toBe('rtl')
      await page.evaluate(() => document.documentElement.setAttribute('lang', 'it'))
      await speak(null)
      await untilText(page, '500 crediti')
    })

    test('takes texts of the host, for its dialog too', async () => {
      const page = await scene.openLivePill(await scene.newTeam())
      await page.locator('credits-pill').evaluate((pill) => {
        const texts = { credits: { one: 'Spark', other: 'Sparks' } }
        Object.assign(pill, { texts, dialogTexts: { title: 'Buy Sparks' } })
      })
      await untilText(page, '500 Sparks')
      await page.locator('credits-pill [part=pill]').click()
      await page.getByRole('heading', { name: 'Buy Sparks' }).waitFor()
    })

    test('shares one connection with the other tabs of its caller, and another tab goes on where one is closed', async () => {
      const context = await scene.newTeam()
      await untilMetric(scene.url, 'credits_open_sockets', 0)
      const first = await scene.openLivePill(context)
      const others = [await scene.openLivePill(context), await scene.openLivePill(context)]
      expect(await sockets()).toBe(1)
      for (const page of [first, ...others]) await scene.expectToFollow(page)
      for (const page of others) await recordNumbers(page)
      await first.close()
      for (const page of others) await scene.expectToFollow(page)
      expect(await sockets()).toBe(1)
      for (const page of others) expect((await numbersIn(page)).map(Number).every((number) => number <= 200)).toBe(true)
    })

    test('another tab goes on where the one with the connection crashes', async () => {
      const context = await scene.newTeam()
      await untilMetric(scene.url, 'credits_open_sockets', 0)
      const first = await scene.openLivePill(context)
      const other = await scene.openLivePill(context)
      await recordNumbers(other)
      const crashed = first.waitForEvent('crash')
      // A process that crashes answers nothing.
      const crash = context.newCDPSession(first).then((session) => session.send('Page.crash'))
      crash.catch(() => undefined)
      await crashed
      for (let count = 0; count < 2; count += 1) await scene.expectToFollow(other)
      await untilMetric(scene.url, 'credits_open_sockets', 1)
      const numbers = (await numbersIn(other)).map(Number)
      expect(numbers).toEqual(numbers.toSorted((one, another) => another - one))
    })

    test('shares nothing with a tab of another member or of another team', async () => {
      const context = await scene.newTeam()
      await untilMetric(scene.url, 'credits_open_sockets', 0)
      const page = await scene.openLivePill(context)
      scene.member = 'ben'
      await scene.openLivePill(context)
      expect(await sockets()).toBe(2)
      scene.team = `${scene.team}-other`
      await makeTeam(scene.url, scene.team, 'pro')
      const other = await scene.openLivePill(context)
      expect(await sockets()).toBe(3)
      expect(await textOf(other)).not.toBe(await textOf(page))
    })

    test('shows nothing of the former caller where another one signs in', async () => {
      const context = await scene.newTeam()
      const page = await scene.openLivePill(context)
      await recordNumbers(page)
      scene.team = `${scene.team}-next`
      await makeTeam(scene.url, scene.team, 'free')
      await grant(scene.url, scene.team, '200')
      const token = await scene.pillToken()
      await page.locator('credits-pill').evaluate((pill, next) => Object.assign(pill, { token: next }), token)
      await expect.poll(async () => (await numbersIn(page)).at(-1), patience).toBe('700')
      expect((await numbersIn(page)).filter((number) => number !== '')).toEqual(['500', '700'])
    })

    test('says that it reconnects while the gateway restarts, then goes on', async () => {
      const page = await scene.openLivePill(await scene.newTeam())
      await scene.stopGateway()
      await untilText(page, '500 Credits Reconnecting…')
      await scene.startGateway(Number(new URL(scene.url).port))
      await untilText(page, /^500 Credits$/)
      await scene.expectToFollow(page)
      // A browser writes each failed connection to the console itself.
      expect(scene.said.filter((text) => !/WebSocket connection|Failed to load resource/.test(text))).toEqual([])
    })

    test('goes on with another token when the first one ends', async () => {
      const context = await scene.newTeam()
      scene.tokenSeconds = 2
      const before = scene.site.tokens()
      const page = await scene.openLivePill(context)
      await expect.poll(() => scene.site.tokens() - before, patience).toBeGreaterThan(2)
      await scene.expectToFollow(page)
    })

    test('comes back at once when the device is online again', async () => {
      const context = await scene.newTeam()
      const page = await scene.openLivePill(context)
      await context.setOffline(true)
      await scene.stopGateway()
      await untilText(page, 'Reconnecting…')
      await scene.startGateway(Number(new URL(scene.url).port))
      await context.setOffline(false)
      await scene.expectToFollow(page)
    })
  },
)
