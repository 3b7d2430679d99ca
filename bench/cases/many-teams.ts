import { charge, makeTeams, submit, withGround } from '../bench-ledger.ts'
import { type Case, rate } from '../figure.ts'
import { load } from '../load.ts'
import { updatesOverRows } from '../row-updates.ts'

const count = 10_000

/** Charges spread over many teams, beside one-row updates spread over as many rows. */
export const manyTeams: Case = {
  name: 'many-teams',
  run: ({ seconds, progress }) =>
    withGround(async (ground) => {
      progress(`making ${count} teams`)
      const teams = await makeTeams(ground.ledger, count)
      const pick = () => teams[Math.floor(Math.random() * count)] ?? (teams[0] as (typeof teams)[number])
      progress('warming up')
      await load(256, 2, () => submit(ground.ledger, pick(), charge))
      progress(`one-row updates over ${count} rows, 32 connections`)
      const before = await updatesOverRows(ground, count, seconds / 2)
      progress(`charges over ${count} teams, 256 in flight`)
      const charges = await load(256, seconds, () => submit(ground.ledger, pick(), charge))
      progress('one-row updates again')
      const after = await updatesOverRows(ground, count, seconds / 2)
      const rows = (before + after) / 2
      return [
        {
          what: `charges over ${count.toLocaleString('en')} teams ÷ one-row updates over as many rows, 32 connections`,
          measured: rate(charges.perSecond),
          baseline: rate(rows),
          ratio: charges.perSecond / rows,
          goal: { kind: 'at-least', floor: 1.2, aim: 2 },
        },
        {
          what: 'p99 of those charges, in ms',
          measured: `${charges.p99Ms.toFixed(1)} ms`,
          baseline: '–',
          ratio: charges.p99Ms,
          goal: { kind: 'below', floor: 25, aim: 10 },
        },
      ]
    }),
}
