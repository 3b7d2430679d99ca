import { writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { activityPage } from './cases/activity-page.ts'
import { byTimeAlone } from './cases/by-time-alone.ts'
import { estimates } from './cases/estimates.ts'
import { gateways } from './cases/gateways.ts'
import { manyTeams } from './cases/many-teams.ts'
import { oneTeam } from './cases/one-team.ts'
import { chargeOverHttp, estimateOverHttp } from './cases/over-http.ts'
import { webhooks } from './cases/webhooks.ts'
import { type Case, type Figure, reached } from './figure.ts'

const cases: readonly Case[] = [
  ...[oneTeam, manyTeams, chargeOverHttp, estimateOverHttp, estimates, activityPage, gateways],
  ...[webhooks, byTimeAlone],
]

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
})
const seconds = Number(values.seconds)
if (!(seconds > 0 && seconds <= 600)) throw new Error('--seconds takes a number above 0, at most 600')
const wanted = values.only ?? cases.map(({ name }) => name)
for (const name of wanted) {
  if (!cases.some((candidate) => candidate.name === name)) {
    console.error(`There is no benchmark '${name}'. Choose from: ${cases.map((each) => each.name).join(', ')}`)
    process.exit(1)
  }
}

const started = performance.now()
const elapsed = () => `${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s`
const figures: (Figure & { name: string })[] = []
for (const { name, run } of cases.filter((each) => wanted.includes(each.name))) {
  const progress = (message: string) => console.error(`${elapsed()}  ${name}: ${message}`)
  for (const figure of await run({ seconds, progress })) {
    figures.push({ name, ...figure })
    progress(`${figure.what}: ${figure.ratio.toFixed(2)} (${figure.measured} ÷ ${figure.baseline})`)
  }
}

const [cpu] = cpus()
const machine = `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`
console.log(`\n${machine}\n`)
console.log('| what | measured | baseline | ratio | at least | aim | |\n|---|---|---|---|---|---|---|')
for (const figure of figures) {
  const { what, measured, baseline, ratio, goal } = figure
  const bound = goal.kind === 'at-least' ? '' : '< '
  const verdict = reached(figure, goal.aim) ? 'aim' : reached(figure, goal.floor) ? 'reached' : 'MISSED'
  console.log(
    `| ${what} | ${measured} | ${baseline} | ${ratio.toFixed(2)} | ${bound}${goal.floor} | ${bound}${goal.aim} | ${verdict} |`,
  )
}
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify({ machine, seconds, figures }, null, 2)}\n`)
}
