import { writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { activityPage } from './cases/activity-page.ts'
import { byTimeAlone } from './cases/by-time-alone.ts'
import { dialogOpen } from './cases/dialog-open.ts'
import { estimates } from './cases/estimates.ts'
import { gateways } from './cases/gateways.ts'
import { liveCharges } from './cases/live-charges.ts'
import { liveDeliveries } from './cases/live-deliveries.ts'
import { liveLatency } from './cases/live-latency.ts'
import { liveMemory } from './cases/live-memory.ts'
import { manyTeams } from './cases/many-teams.ts'
import { oneTeam } from './cases/one-team.ts'
import { chargeOverHttp, estimateOverHttp } from './cases/over-http.ts'
import { overload } from './cases/overload.ts'
import { paymentEvents } from './cases/payment-events.ts'
import { pillStart } from './cases/pill-start.ts'
import { webhooks } from './cases/webhooks.ts'
import { webhooksOut } from './cases/webhooks-out.ts'
import { type Case, type Figure, judged } from './figure.ts'

const live = [liveDeliveries, liveMemory, liveLatency, liveCharges]
const cases: readonly Case[] = [
  oneTeam,
  manyTeams,
  chargeOverHttp,
  estimateOverHttp,
  estimates,
  activityPage,
  gateways,
  webhooks,
  paymentEvents,
  webhooksOut,
  byTimeAlone,
  overload,
  pillStart,
  dialogOpen,
  ...live,
]
const named = new Map<string, readonly Case[]>([...cases.map((each) => [each.name, [each]] as const), ['live', live]])

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
})
const seconds = Number(values.seconds)
if (!(seconds > 0 && seconds <= 600)) throw new Error('--seconds takes a number above 0, at most 600')
const unknown = positionals.find((name) => !named.has(name))
if (unknown !== undefined) {
  console.error(`There is no benchmark '${unknown}'. Choose from: ${[...named.keys()].join(', ')}`)
  process.exit(1)
}
const wanted = new Set(positionals.length === 0 ? cases : positionals.flatMap((name) => named.get(name) ?? []))

const started = performance.now()
const elapsed = () => `${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s`
const figures: (Figure & { name: string })[] = []
for (const { name, run } of wanted) {
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
  const { what, measured, baseline, ratio } = figure
  const { floor, aim, verdict } = judged(figure)
  console.log(`| ${what} | ${measured} | ${baseline} | ${ratio.toFixed(2)} | ${floor} | ${aim} | ${verdict} |`)
}
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify({ machine, seconds, figures }, null, 2)}\n`)
}
