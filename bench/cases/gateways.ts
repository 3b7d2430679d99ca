import { makeTeams, withGround } from '../bench-ledger.ts'
import { type Case, type Figure, rate } from '../figure.ts'
import { nextMessage, startProcess, stopProcess } from '../processes.ts'

/** Several gateway processes that charge one team at the same time, each with 256 in flight, beside one process alone. */
export const gateways: Case = {
  name: 'gateways',
  run: ({ seconds, progress }) =>
    withGround(async ({ ledger, url }) => {
      const [team] = await makeTeams(ledger, 1)
      const charging = async (count: number): Promise<number> => {
        progress(`${count} ${count === 1 ? 'process' : 'processes'}`)
        const started = await Promise.all(
          Array.from({ length: count }, () => startProcess('charging-process.ts', [url, `${team}`], {})),
        )
        const measure = async (duration: number) => {
          const rates = await Promise.all(
            started.map(({ child }) => {
              const answer = nextMessage<{ perSecond: number }>(child)
              child.send({ seconds: duration })
              return answer
            }),
          )
          return rates.reduce((sum, { perSecond }) => sum + perSecond, 0)
        }
        try {
          await measure(2)
          return await measure(seconds)
        } finally {
          await Promise.all(started.map(({ child }) => stopProcess(child)))
        }
      }
      const before = await charging(1)
      const two = await charging(2)
      const four = await charging(4)
      const one = (before + (await charging(1))) / 2
      const figure = (count: number, measured: number): Figure => ({
        what: `${count} gateway processes on one team ÷ 1 process`,
        measured: rate(measured),
        baseline: rate(one),
        ratio: measured / one,
        goal: { kind: 'at-least', floor: 0.8, aim: 1.2 },
      })
      return [figure(2, two), figure(4, four)]
    }),
}
