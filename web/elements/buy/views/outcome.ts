import { html, nothing, type TemplateResult } from 'lit'
import { chosenSale } from '../../controllers/purchase-state.ts'
import { icons } from '../icons.ts'
import { lockPart } from './choosing.ts'
import type { At, View } from './view.ts'

/** A payment that continues on another page. */
export function waiting(view: View, state: At<'waiting'>): TemplateResult {
  const { text, format, isOpened } = view
  const sale = chosenSale(view.state)
  const words = {
    checkout: [text.underWay, isOpened ? text.checkoutText : text.checkoutBlocked],
    confirmation: [text.confirmTitle, text.confirmText],
    processing: [text.underWay, text.processingText],
    bank: [text.bankTitle, text.bankText],
  } as const
  const [title, what] = words[state.why]
  return html`
    <div class="stage">
      <div class="mark wait">${state.why === 'confirmation' ? icons.bank : html`<span class="spinner"></span>`}</div>
      <h3>${title}</h3>
      <p class="note">${what}</p>
      ${
        sale === null
          ? nothing
          : html`<p class="order">${text.credits(Number(sale.credits), { amount: format.credits(sale.credits) })}${sale.price === null ? nothing : html`<span>${format.money(sale.price)}</span>`}</p>`
      }
    </div>
  `
}

export function waitingFooter(view: View, { why, url }: At<'waiting'>): TemplateResult {
  const { text, isOpened } = view
  const label = why === 'confirmation' ? text.confirm : isOpened ? text.openCheckoutAgain : text.openCheckout
  const look = why === 'checkout' && isOpened ? '' : 'primary'
  return html`
    <div class="two">
      ${
        url === null
          ? nothing
          : html`<a class="button ${look}" data-focus data-pay href=${url} target="_blank" rel="noopener">${label}${icons.out}</a>`
      }
      <button type="button" data-focus data-again @click=${() => view.purchase.again()}>${text.chooseAnother}</button>
    </div>
  `
}

/** The credits are on the balance. */
export function paid(view: View): TemplateResult {
  const { state, text, format, shown } = view
  const credits = chosenSale(state)?.credits ?? '0'
  const amount = format.credits(credits)
  return html`
    <div class="stage">
      <div class="mark good">${icons.check}</div>
      <h3 data-paid>${text.paidTitle(Number(credits), { amount })}</h3>
      <p class="note">${text.newBalance}<span class="sr">: ${format.credits(state.balance?.available ?? '0')}</span></p>
      <p class="total" data-total aria-hidden="true">${shown}</p>
      ${lockPart(view)}
    </div>
  `
}

export const paidFooter = (view: View, { receiptUrl }: At<'paid'>): TemplateResult => html`
  <div class="two">
    <button type="button" class="primary" data-focus data-done @click=${view.close}>${view.text.done}</button>
    ${
      receiptUrl === null
        ? nothing
        : html`<a class="button" href=${receiptUrl} target="_blank" rel="noopener">${view.text.receipt}${icons.out}</a>`
    }
  </div>
`

/** The people to ask instead. Source: facts G4, W9. */
export function notAllowed(view: View, state: At<'not-allowed'>): TemplateResult {
  return state.why === 'role' ? askAdmins(view, state) : askSales(view, state)
}

function askAdmins({ state, text }: View, { admins }: At<'not-allowed'>): TemplateResult {
  const team = state.offer?.team.name ?? ''
  return html`
    <div class="stage">
      <div class="mark quiet">${icons.person}</div>
      <h3>${text.askTitle}</h3>
      <p class="note">${(admins?.length === 0 ? text.askNobody : text.askText)({ team })}</p>
      ${
        admins === null
          ? html`<div class="people"><span class="blank row"></span></div>`
          : html`<ul class="people">${admins.map(({ memberId, name }) => {
              const shown = name ?? memberId
              return html`<li><span class="face" aria-hidden="true">${[...shown][0]?.toUpperCase()}</span>${shown}</li>`
            })}</ul>`
      }
    </div>
  `
}

function askSales({ state, text }: View, { contact }: At<'not-allowed'>): TemplateResult {
  const plan = state.offer?.team.plan?.name
  const what =
    plan === undefined
      ? text.salesNoPlan
      : contact === null
        ? text.salesNobody({ plan })
        : text.salesText({ plan, contact })
  return html`
    <div class="stage">
      <div class="mark quiet">${icons.mail}</div>
      <h3>${text.salesTitle}</h3>
      <p class="note">${what}</p>
    </div>
  `
}

export function notAllowedFooter({ text, close }: View, { contact }: At<'not-allowed'>): TemplateResult {
  const mail = contact !== null && /^[^\s@,?&]+@[^\s@,?&]+$/.test(contact) ? contact : null
  return html`
    <div class="two">
      ${mail === null ? nothing : html`<a class="button primary" data-focus href=${`mailto:${mail}`}>${text.writeSales({ contact: mail })}</a>`}
      <button type="button" data-focus @click=${close}>${text.close}</button>
    </div>
  `
}

export function loading({ text }: View): TemplateResult {
  return html`<div class="packs" role="status"><span class="sr">${text.loading}</span>${[1, 2, 3].map(
    () => html`<span class="blank row"></span>`,
  )}</div>`
}

export function notLoaded({ text }: View, { problem }: At<'not-loaded'>): TemplateResult {
  return html`
    <div class="stage" role="alert">
      <h3>${text.notLoaded}</h3>
      <p class="note">${problem.code === 'NO_TEAM' ? text.noTeam : html`<bdi>${problem.message}</bdi>`}</p>
    </div>
  `
}

export const notLoadedFooter = ({ text, purchase }: View): TemplateResult =>
  html`<button type="button" class="primary" data-focus @click=${() => void purchase.start()}>${text.retry}</button>`
