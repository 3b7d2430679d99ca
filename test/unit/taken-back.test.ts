import { describe, expect, test } from 'vitest'
import type { Account } from '../../src/domain/account.ts'
import { movedBy } from '../../src/domain/charge.ts'
import type { Command, Decision } from '../../src/domain/decisions/command.ts'
import type { Hold } from '../../src/domain/hold.ts'
import { ana, decided, newTeam, noon, using } from '../setup/deciding.ts'

/** A team that buys packs, whose payments are taken back. */
class Buyer {
  account: Account = newTeam()
  now = noon
  last: Decision | null = null

  do(command: Command, facts: { hold?: Hold; charge?: never } = {}): this {
    const grantOfSource =
      'source' in command ? this.account.grants.find(({ source }) => source === command.source) : undefined
    const decision = decided(this.account, command, this.now, { grantOfSource, ...facts })
    if (decision.outcome.kind === 'refused') throw decision.outcome.failure
    this.account = decision.account
    this.last = decision
    return this
  }
  buy = (source: string, amount: bigint, expiresAt: number | null = null) =>
    this.do({ kind: 'grant-credits', amount, grantKind: 'PACKAGE', expiresAt, source })
  spend = (quantity: bigint) =>
    this.do({ kind: 'charge-usage', usage: using(quantity), reference: null, memberId: null, caller: ana })
  takeBack = (source: string, total: bigint) =>
    this.do({ kind: 'claw-back', source, total, reference: 'dp', frozen: false, loss: null, reason: null })

  get sums() {
    return [this.account.available, this.account.owed]
  }
  get posted() {
    return this.last?.postings.map(({ type, reference }) => `${type} ${reference}`)
  }
  leftOf(start: string) {
    return this.account.grants.filter(({ source }) => source.startsWith(start)).map(({ available }) => available)
  }
}
const team = () => new Buyer()

describe('a pack whose payment is taken back', () => {
  test.each<[string, (team: Buyer) => Buyer, bigint[], string[]]>([
    ['unused, is gone', (of) => of.takeBack('a', 20n), [0n, 0n], ['CLAWBACK dp']],
    ['in part, has the rest', (of) => of.takeBack('a', 8n), [12n, 0n], ['CLAWBACK dp']],
    [
      'in part and used, owes nothing that the rest covers',
      (of) => of.spend(12n).takeBack('a', 8n),
      [0n, 0n],
      ['CLAWBACK dp'],
    ],
    [
      'in part and used, owes what the rest does not cover',
      (of) => of.spend(15n).takeBack('a', 8n),
      [0n, 3n],
      ['CLAWBACK dp'],
    ],
    ['used up, is owed', (of) => of.spend(20n).takeBack('a', 20n), [0n, 20n], ['CLAWBACK dp']],
    [
      'more and more, owes the whole once',
      (of) => of.spend(20n).takeBack('a', 8n).takeBack('a', 20n),
      [0n, 20n],
      ['CLAWBACK dp'],
    ],
    [
      'and comes back, is owed no more',
      (of) => of.spend(20n).takeBack('a', 20n).takeBack('a', 0n),
      [0n, 0n],
      ['ADJUSTMENT dp'],
    ],
    [
      'and comes back in part, owes the other part',
      (of) => of.spend(20n).takeBack('a', 20n).takeBack('a', 5n),
      [0n, 5n],
      ['ADJUSTMENT dp'],
    ],
    [
      'and comes back unused, has its credits',
      (of) => of.takeBack('a', 20n).takeBack('a', 5n),
      [15n, 0n],
      ['ADJUSTMENT dp'],
    ],
    ['the same total again, moves nothing', (of) => of.takeBack('a', 8n).takeBack('a', 8n), [12n, 0n], []],
  ])('%s', (_, act, sums, posted) => {
    const buyer = act(team().buy('a', 20n))
    expect(buyer.sums).toEqual(sums)
    expect(buyer.posted).toEqual(posted)
  })

  test('is paid by the next credits, first of all', () => {
    const buyer = team().buy('a', 20n).spend(20n).takeBack('a', 20n).buy('b', 30n)
    expect([buyer.sums, buyer.posted]).toEqual([
      [10n, 0n],
      ['GRANT b', 'CLAWBACK owed'],
    ])
    expect(team().buy('a', 20n).spend(20n).takeBack('a', 20n).buy('b', 5n).sums).toEqual([0n, 15n])
  })

  test('is given back to the team that has paid for it, and is taken from that first', () => {
    const buyer = team().buy('a', 20n).spend(20n).takeBack('a', 20n).buy('b', 30n).takeBack('a', 5n)
    expect([buyer.sums, buyer.leftOf('restored:a:')]).toEqual([[25n, 0n], [15n]])
    buyer.takeBack('a', 12n)
    expect([buyer.sums, buyer.leftOf('restored:a:'), buyer.leftOf('b')]).toEqual([[18n, 0n], [8n], [10n]])
    expect(buyer.posted).toEqual(['CLAWBACK dp', 'CLAWBACK owed'])
    buyer.takeBack('a', 20n)
    expect([buyer.sums, buyer.leftOf('restored:a:'), buyer.leftOf('b')]).toEqual([[10n, 0n], [0n], [10n]])
  })

  test('leaves what was given back for another pack', () => {
    const buyer = team().buy('a', 20n).spend(20n).takeBack('a', 20n).buy('a:1', 30n).takeBack('a', 0n)
    expect([buyer.sums, buyer.leftOf('restored:a:')]).toEqual([[30n, 0n], [20n]])
    buyer.spend(10n)
    expect(buyer.leftOf('a:1')).toEqual([0n])
    buyer.takeBack('a:1', 30n)
    expect([buyer.sums, buyer.leftOf('restored:a:')]).toEqual([[20n, 30n], [20n]])
  })

  test('expires at once when it comes back after its end', () => {
    const buyer = team()
      .buy('a', 20n, noon + 100)
      .takeBack('a', 20n)
    const grant = buyer.account.grants.find(({ source }) => source === 'a')
    buyer.now = noon + 100
    buyer.takeBack('a', 0n)
    expect([grant?.revoked, buyer.sums, buyer.posted]).toEqual([20n, [0n, 0n], ['ADJUSTMENT dp', 'EXPIRY a']])
  })
})

describe('credits that come back to a pack whose payment was taken back', () => {
  const holding = () => {
    const buyer = team().buy('a', 20n)
    buyer.do({
      kind: 'place-hold',
      usage: using(15n),
      expiresInSeconds: 60,
      reference: null,
      memberId: null,
      caller: ana,
    })
    const hold = buyer.last?.hold as Hold
    return {
      buyer: buyer.takeBack('a', 20n),
      release: {
        command: { kind: 'release-hold', holdId: hold.id, reason: null, caller: ana } as const,
        facts: { hold },
      },
    }
  }

  test('from a hold are taken, and owed no more', () => {
    const { buyer, release } = holding()
    expect(buyer.sums).toEqual([0n, 15n])
    buyer.do(release.command, release.facts)
    expect([buyer.sums, buyer.posted]).toEqual([
      [0n, 0n],
      ['RELEASE null', 'CLAWBACK a'],
    ])
  })

  test('from a hold are taken, and given back to the team that has paid for them', () => {
    const { buyer, release } = holding()
    buyer.buy('b', 10n).do(release.command, release.facts)
    expect([buyer.sums, buyer.posted]).toEqual([
      [10n, 0n],
      ['RELEASE null', 'CLAWBACK a', 'ADJUSTMENT a'],
    ])
    expect(buyer.leftOf('restored:a:')).toEqual([10n])
  })

  test('from a charge are taken, and owed no more', () => {
    const buyer = team().buy('a', 20n).spend(15n)
    const [posting] = buyer.last?.postings ?? []
    if (posting === undefined) throw new Error('Nothing was charged')
    const charge = {
      ...movedBy(posting),
      refunded: 0n,
      unconfirmed: false,
      since: noon,
      memberId: null,
      reference: null,
    }
    buyer.takeBack('a', 20n)
    buyer.do({ kind: 'refund-charge', chargeId: charge.id, amount: 10n, reason: 'r' }, { charge: charge as never })
    expect([buyer.sums, buyer.posted]).toEqual([
      [0n, 5n],
      ['REFUND null', 'CLAWBACK a'],
    ])
  })
})
