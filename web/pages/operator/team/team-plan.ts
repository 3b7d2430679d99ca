import { html, nothing, type TemplateResult } from 'lit'
import { createContract, endContract } from '../acts/contracts.ts'
import { liftSpendingLimit, setSpendingLimit, setThreshold } from '../acts/limits.ts'
import { setAddOnUnits } from '../acts/set-add-on-units.ts'
import { contractBadge } from '../parts/badges.ts'
import { counted, credits, day, money, share, words } from '../parts/formats.ts'
import { type Team, TeamPart } from './team-part.ts'

type Limit = NonNullable<Team['spendingLimits']>[number]
type Contract = Team['contracts'][number]

const each: Readonly<Record<string, string>> = { WEEK: 'each week', MONTH: 'each month', YEAR: 'each year' }
const rollovers = {
  NONE: 'nothing is carried over',
  FULL: 'all is carried over',
  CAPPED: 'carried over up to',
} as const

/** `<operator-team-plan>`: the team's plan, its contracts, and the spending limits of its members. */
export class OperatorTeamPlan extends TeamPart {
  override render() {
    return html`${this.#plan()}${this.#contracts()}${this.#limits()}`
  }

  #plan(): TemplateResult {
    const { team } = this
    const { plan, seats, addOnUnits, lowBalanceThreshold } = team
    const addOn = plan?.addOn ?? null
    const allowances = (plan?.allowances ?? []).map(
      ({ credits: amount, every, perSeat }) => `${credits(amount)} ${each[every]}${perSeat ? ' for each seat' : ''}`,
    )
    return html`
      <section class="card" aria-labelledby="plan">
        <div class="head">
          <h2 id="plan">Plan</h2>
          ${addOn ? html`<button class="button small" @click=${() => this.ask(setAddOnUnits(team, addOn))}>Set add-on units</button>` : nothing}
          <button class="button small" @click=${() => this.ask(setThreshold(team))}>Set low balance</button>
        </div>
        <dl class="facts body">
          <dt>Plan</dt><dd>${plan?.name ?? 'None: members spend only what is granted'}</dd>
          <dt>Seats</dt><dd>${seats}</dd>
          <dt>Allowances</dt><dd>${allowances.length === 0 ? 'None' : allowances.join(' · ')}</dd>
          <dt>Packages</dt><dd>${plan?.topUp ? 'Sold to its admins' : 'Not sold on this plan'}</dd>
          <dt>Add-on</dt><dd>${addOn ? html`${counted(addOnUnits, 'unit')} of ${credits(addOn.credits)} credits for ${money(addOn.price)}` : 'Not on this plan'}</dd>
          <dt>Low balance</dt><dd>Below ${credits(lowBalanceThreshold)} credits</dd>
        </dl>
      </section>
    `
  }

  #contracts(): TemplateResult {
    const { contracts } = this.team
    const create = () => this.ask(createContract(this.team))
    return html`
      <section class="card" aria-labelledby="contracts">
        <div class="head"><h2 id="contracts">Contracts</h2><button class="button small" @click=${create}>New contract</button></div>
        ${
          contracts.length === 0
            ? html`<p class="body quiet">None. A contract deposits what sales agreed upon, once or in each period.</p>`
            : html`<table>
                <thead><tr>
                  <th scope="col">Reference</th><th scope="col" class="number">Credits</th><th scope="col">State</th>
                  <th scope="col" class="wide">From</th><th scope="col" class="wide">Next deposit</th><th><span class="hidden">What to do</span></th>
                </tr></thead>
                <tbody>${contracts.map((contract) => this.#contract(contract))}</tbody>
              </table>`
        }
      </section>
    `
  }

  #contract({
    reference,
    credits: amount,
    every,
    state,
    startsAt,
    endsAt,
    nextGrantAt,
    rollover,
    rolloverUpTo,
  }: Contract) {
    const carried = `${rollovers[rollover]}${rolloverUpTo === null ? '' : ` ${credits(rolloverUpTo)}`}`
    return html`
      <tr>
        <td><span class="mono">${reference}</span><span class="under">${every === null ? 'once' : carried}</span></td>
        <td class="number">${credits(amount)}<span class="under">${every === null ? 'once' : each[every]}</span></td>
        <td>${contractBadge(state)}</td>
        <td class="wide">${day(startsAt)}<span class="under">${endsAt === null ? 'goes on' : html`until ${day(endsAt)}`}</span></td>
        <td class="wide">${nextGrantAt === null ? html`<span class="quiet">none</span>` : day(nextGrantAt)}</td>
        <td class="acts">${
          state === 'ENDED'
            ? nothing
            : html`<button class="button small" aria-label="End ${reference}" @click=${() => this.ask(endContract(this.team, reference))}>End</button>`
        }</td>
      </tr>
    `
  }

  #limits(): TemplateResult {
    const limits = this.team.spendingLimits ?? []
    const set = () => this.ask(setSpendingLimit(this.team))
    return html`
      <section class="card" aria-labelledby="limits">
        <div class="head"><h2 id="limits">Spending limits</h2><button class="button small" @click=${set}>Set limit</button></div>
        ${
          limits.length === 0
            ? html`<p class="body quiet">None. Members and callers spend what the team has.</p>`
            : html`<table>
                <thead><tr>
                  <th scope="col">For</th><th scope="col" class="number">Used</th><th scope="col" class="wide">Share</th>
                  <th scope="col" class="wide">Resets</th><th><span class="hidden">What to do</span></th>
                </tr></thead>
                <tbody>${limits.map((limit) => this.#limit(limit))}</tbody>
              </table>`
        }
      </section>
    `
  }

  #limit({ member, callerId, group, credits: most, per, used, resetsAt }: Limit): TemplateResult {
    const subject = group?.groupId ?? member?.memberId ?? callerId ?? ''
    const kind = group === null ? (member === null ? 'caller' : 'member') : 'group'
    const limited = { [`${kind}Id`]: subject, per }
    return html`
      <tr>
        <td>${group?.name ?? member?.name ?? subject}<span class="under">${kind}, a ${words(per).toLowerCase()}</span></td>
        <td class="number">${credits(used)}<span class="under">of ${credits(most)}</span></td>
        <td class="wide"><span class="bar" aria-hidden="true"><span style="inline-size: ${100 * share(used, most)}%"></span></span></td>
        <td class="wide">${day(resetsAt)}</td>
        <td class="acts"><button class="button small" aria-label="Lift the limit of ${subject}" @click=${() => this.ask(liftSpendingLimit(this.team, limited))}>Lift</button></td>
      </tr>
    `
  }
}

customElements.define('operator-team-plan', OperatorTeamPlan)
