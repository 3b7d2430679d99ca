import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../../src/domain/role.ts'
import { type Gateway, tokenFor } from '../setup/gateway.ts'
import { mutate } from '../setup/operator.ts'
import { runsHere, startBrowser } from './chromium.ts'
import { billsOf, buyAndRefund, lend, liveIn, passUntil, payAtCheckout, startEuroGateway } from './money-scene.ts'
import { faultsOf } from './page-faults.ts'

const patience = { timeout: 20_000 }
/** Buys packages. */
const team = 'acme'
/** Owes what its credit line lent. */
const debtor = 'debtor'
let gateway: Gateway
let browser: Browser
const told: string[] = []

beforeAll(async () => {
  if (!runsHere) return
  gateway = await startEuroGateway()
  for (const teamId of [team, debtor])
    await mutate(gateway.url, 'assignPlan', { teamId, planId: 'team', teamName: 'Acme', currency: 'EUR' })
  browser = await startBrowser()
})

afterAll(async () => {
  await browser?.close()
  await gateway?.close()
})

type Visitor = {
  readonly role?: Role
  readonly team?: string
  readonly path: string
  readonly locale?: string
  readonly from?: Gateway
}

async function open({
  role = 'ADMIN',
  team: own = team,
  path,
  locale = 'en-US',
  from = gateway,
}: Visitor): Promise<Page> {
  const page = await browser.newPage({ locale, viewport: { width: 1200, height: 900 } })
  page.setDefaultTimeout(patience.timeout)
  page.on('console', (message) => told.push(message.text()))
  page.on('pageerror', (error) => told.push(error.message))
  const token = await tokenFor({ team: role === 'PLATFORM' ? undefined : own, member: 'ana', name: 'Ana', role })
  await page.addInitScript((kept) => sessionStorage.setItem('credits.token', kept), token)
  await page.goto(`${from.url}${path}`)
  return page
}

/** The billing page with the dialog of a team that has nothing under way, and 5,000 credits chosen. */
async function openDialog(own = team, from = gateway): Promise<Page> {
  const page = await open({ path: '/billing', team: own, from })
  await page.locator('#buy').click()
  await page.getByRole('radio', { name: /Medium/ }).check()
  return page
}

/** The text of a part of the page, whatever its spaces. */
const textOf = (page: Page, selector: string) => async () =>
  (await page.locator(selector).allInnerTexts()).join('\n').replaceAll('\u00A0', ' ')

/** Without a fault in light and dark, and as wide as a phone. */
async function isSound(page: Page): Promise<void> {
  for (const dark of [false, true]) {
    await page.evaluate((on) => document.documentElement.classList.toggle('wa-dark', on), dark)
    expect(await faultsOf(page)).toEqual([])
  }
  await page.setViewportSize({ width: 390, height: 844 })
  await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
}

const name = 'what people see of money (skipped where the packaged Chromium does not run: it is for Linux on x64)'
describe.skipIf(!runsHere)(name, () => {
  test('a purchase shows what was given back, and one that the bank takes days for is under way', async () => {
    await buyAndRefund(gateway.url, team)
    await payAtCheckout(gateway.url, team, 'bank')
    const page = await open({ path: '/billing#purchases' })
    const rows = textOf(page, 'credits-purchases li')
    await expect.poll(rows).toMatch(/Medium[\s\S]*The bank takes some days[\s\S]*Under way[\s\S]*€45/)
    expect(await rows()).toMatch(/Small[\s\S]*€5 refunded[\s\S]*Paid[\s\S]*€20/)
    await expect
      .poll(() => page.locator('credits-purchases').getByRole('link', { name: 'Finish payment' }).count())
      .toBe(0)
    await page.close()
  })

  test('the operator sees the effect of a refund before, gives the money back once, and sees what came of it', async () => {
    const page = await open({ path: `/operator#/teams/${team}/payments`, role: 'PLATFORM' })
    const payments = textOf(page, 'operator-team-payments section')
    await expect.poll(payments).toMatch(/Medium[\s\S]*Under way[\s\S]*Small[\s\S]*€5.00 refunded/)
    await page.getByRole('button', { name: /^Refund Small of/ }).click()
    const dialog = page.locator('operator-act dialog')
    await dialog.getByText('Acme gets €15.00 back, of €15.00 that can be given back now. 1,500 credits leave').waitFor()
    await dialog.getByLabel('Amount in EUR').fill('8')
    await dialog.getByText('Acme gets €8.00 back, of €15.00 that can be given back now. 800 credits leave').waitFor()
    await dialog.getByLabel('Amount in EUR').fill('80')
    await dialog.getByLabel('Reason').fill('bought by mistake')
    await dialog.getByRole('button', { name: 'Refund' }).click()
    await dialog.getByText('At most 15 EUR can be given back.').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await dialog.getByLabel('Amount in EUR').fill('8')
    await dialog.getByRole('button', { name: 'Refund' }).dblclick()
    await page.getByText('€13.00 of €20.00 are given back to Acme in all').waitFor()
    await expect.poll(payments).toMatch(/Small[\s\S]*€13.00 refunded/)
    await isSound(page)
    await page.close()
  })

  test('a purchase of which the bank warns is marked as frozen, for the team and the operator', async () => {
    await payAtCheckout(gateway.url, team, '4000000000005423')
    const operator = await open({ path: `/operator#/teams/${team}/payments`, role: 'PLATFORM' })
    const payments = textOf(operator, 'operator-team-payments section')
    await expect.poll(payments).toMatch(/Medium[\s\S]*Paid Frozen[\s\S]*€45.00/)
    await operator.close()
    const page = await open({ path: '/billing#purchases' })
    await expect.poll(textOf(page, 'credits-purchases li')).toMatch(/Medium.*\s.*Frozen: the bank warns of fraud/)
    await page.close()
  })

  test('the text of the mandate is shown before consent, and who gave it afterwards', async () => {
    const page = await open({ path: '/billing#purchases' })
    const recharge = page.locator('credits-auto-recharge')
    await recharge.getByLabel('When the balance falls below').fill('300')
    await recharge.getByText('Buy automatically').click()
    const consent = recharge.locator('[data-part=consent] blockquote')
    await consent.getByText('below 300 credits, 2000 credits are bought for 20 EUR.').waitFor()
    await recharge.getByLabel('Monthly cap').fill('60')
    await consent.getByText('for at most 60 EUR a month').waitFor()
    await recharge.getByRole('button', { name: 'Save' }).click()
    const given = textOf(page, 'credits-auto-recharge [data-part=mandate]')
    await expect.poll(given).toMatch(/Consent\s+Given by ana on [\s\S]*below 300 credits.*at most 60 EUR a month/)
    expect(await faultsOf(page)).toEqual([])
    await page.close()
  })

  test('an admin gives billing details, and hears at its field what is refused', async () => {
    const page = await open({ path: '/billing#purchases' })
    const details = page.locator('credits-billing-details')
    await details.getByLabel('Name on invoices').fill('Acme GmbH')
    await details.getByLabel('E-mail for invoices').fill('invoices')
    await details.getByLabel('Country').selectOption('Germany')
    await details.getByLabel('Purchase order number').fill('PO-7')
    await details.getByRole('button', { name: 'Add tax id' }).click()
    await details.getByLabel('Type of tax id 1').fill('eu_vat')
    await details.getByLabel('Tax id 1', { exact: true }).fill('DE123456789')
    await details.getByRole('button', { name: 'Save' }).click()
    const email = details.locator('wa-input[name=email]')
    await email.getByRole('alert').getByText('not an e-mail address').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await details.getByLabel('E-mail for invoices').fill('invoices@example.com')
    await details.getByRole('button', { name: 'Save' }).click()
    await details.getByText('Saved', { exact: true }).waitFor()
    await page.reload()
    const kept = (label: string) => details.getByLabel(label, { exact: true }).inputValue()
    await expect.poll(() => kept('Name on invoices')).toBe('Acme GmbH')
    expect(await Promise.all(['E-mail for invoices', 'Purchase order number', 'Tax id 1'].map(kept))).toEqual([
      'invoices@example.com',
      'PO-7',
      'DE123456789',
    ])
    expect(await details.locator('select').inputValue()).toBe('DE')
    await isSound(page)
    await page.close()
    expect(told).toEqual([])
  })

  test('the dialog shows net, tax and total before the payment where tax is known, and the total alone where not', async () => {
    const page = await openDialog()
    const price = textOf(page, 'credits-buy [data-tax]')
    await page.getByRole('button', { name: 'Pay €45.00' }).waitFor()
    expect(await price()).toBe('')
    await page.close()
    const taxing = await startEuroGateway({ taxed: true })
    try {
      await mutate(taxing.url, 'assignPlan', { teamId: team, planId: 'team', teamName: 'Acme', currency: 'EUR' })
      await liveIn(taxing.url, team, 'DE')
      const taxed = await openDialog(team, taxing)
      await expect.poll(textOf(taxed, 'credits-buy [data-tax]')).toBe('Net €45.00 · Tax €8.55 · Total €53.55')
      await taxed.getByRole('button', { name: 'Pay €53.55' }).waitFor()
      expect(await faultsOf(taxed)).toEqual([])
      await taxed.close()
    } finally {
      await taxing.close()
    }
  })

  test('the dialog shows a payment that the bank takes days for as under way', async () => {
    const page = await openDialog()
    const [checkout] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'Pay another way' }).click(),
    ])
    await checkout.getByLabel('Email').fill('ana@example.com')
    await checkout.locator('[name=card]').selectOption('bank')
    await checkout.getByRole('button', { name: 'Pay €45.00' }).click()
    await page.locator('credits-buy').getByRole('heading', { name: 'The bank is paying' }).waitFor()
    await page.getByText('Banks take some days').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.close()
  })

  test('the dialog shows the text that turning auto-recharge on consents to', async () => {
    const page = await openDialog(debtor)
    await page
      .locator('credits-buy')
      .getByRole('button', { name: /Auto-recharge/ })
      .click()
    await page.locator('credits-buy').getByLabel('When the balance falls below').fill('700')
    const mandate = page.locator('credits-buy [data-mandate]')
    await mandate.getByText('Whenever the balance falls below 700 credits').waitFor()
    await page
      .locator('credits-buy')
      .getByLabel(/Spend at most/)
      .fill('90')
    await mandate.getByText('for at most 90 EUR a month').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.close()
  })

  test('the credit line shows its limit, what is owed, what is left and when it is billed', async () => {
    const page = await open({ team: debtor, path: '/billing' })
    const part = (name: string) => () => page.locator(`credits-credit-line [data-part=line-${name}]`).textContent()
    await expect.poll(part('left')).toBe('500')
    await expect.poll(() => page.locator('credits-credit-line [data-part=line-billed]').count()).toBe(0)
    await lend(gateway.url, debtor)
    await expect.poll(part('owed')).toBe('400')
    await expect.poll(async () => [await part('limit')(), await part('left')()]).toEqual(['500', '100'])
    await expect.poll(part('billed')).toMatch(/Billed on \w+ \d+, \d{4}, at €0.012 per credit/)
    await isSound(page)
    await page.close()
  })

  test('an unpaid bill stands at the top for admins, with its date, then with what is paused', async () => {
    await passUntil(gateway.url, debtor, 'OPEN')
    const page = await open({ team: debtor, path: '/billing#purchases' })
    const banner = textOf(page, 'credits-unpaid-bills .banner')
    await expect.poll(banner).toMatch(/Bill for \w+ \d{4}: €4.80 to pay\s+Pay by \w+ \d+, \d{4}/)
    await expect.poll(textOf(page, 'credits-bills .card')).toMatch(/Bills[\s\S]*To pay[\s\S]*€4.80[\s\S]*Pay bill/)
    await isSound(page)
    await passUntil(gateway.url, debtor, 'OVERDUE')
    await expect.poll(banner).toMatch(/is overdue: €4.80\s+Features that are billed in money.* are paused/)
    const [invoice] = await Promise.all([
      page.waitForEvent('popup'),
      page
        .locator('credits-unpaid-bills')
        .getByRole('link', { name: /Pay bill/ })
        .click(),
    ])
    expect(invoice.url()).toMatch(/^http/)
    await page.close()
    const visitor = await open({ team: debtor, path: '/billing', role: 'VIEWER' })
    await visitor.locator('credits-balance [data-part=available]').waitFor()
    expect(await visitor.locator('credits-unpaid-bills').count()).toBe(0)
    await visitor.close()
    expect(await billsOf(gateway.url, debtor)).toMatchObject([{ state: 'OVERDUE' }])
    expect(told).toEqual([])
  })

  test('the operator sees unpaid bills and the credit line', async () => {
    const page = await open({ path: `/operator#/teams/${debtor}/payments`, role: 'PLATFORM' })
    const bills = textOf(page, 'operator-team-payments section')
    await expect.poll(bills).toMatch(/Monthly bills[\s\S]*\d{4}-\d\d[\s\S]*Overdue[\s\S]*€4.80[\s\S]*Invoice/)
    const overview = textOf(page, 'operator-team-overview section')
    await page.goto(`${gateway.url}/operator#/teams/${debtor}`)
    await expect.poll(overview).toMatch(/Credit line left\s+0\s+of 500/)
    await page.goto(`${gateway.url}/operator#/teams/${team}`)
    await expect.poll(overview).toMatch(/Credit line left\s+500\s+of 500/)
    await isSound(page)
    await page.close()
    expect(told).toEqual([])
  })

  test('the banner speaks the language of the page', async () => {
    const page = await open({ team: debtor, path: '/billing', locale: 'ar' })
    await expect.poll(textOf(page, 'credits-unpaid-bills [dir=rtl]')).toMatch(/فاتورة/)
    await page.close()
  })
})
