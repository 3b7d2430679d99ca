import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../src/database/open.ts'
import { type Kind, kinds } from '../../src/programs/export/kinds.ts'
import { type ExportOptions, type Format, formats, writeParts } from '../../src/programs/export/write-parts.ts'
import { compileCache, type Gateway, startGateway } from '../setup/gateway.ts'
import { charge, grant, hold, makeTeam, mutate } from '../setup/operator.ts'
import { platformHistory } from '../setup/platform-history.ts'

const formula = '=1+1'
const usage = [{ rate: 'image.flux-2-pro', tags: [{ key: 'job', value: 'a' }] }]
let gateway: Gateway
let database: Database
let directory: string
let history: string[]

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'export-'))
  gateway = await startGateway()
  database = await openDatabase({ url: gateway.databaseUrl, log: pino({ level: 'silent' }) })
  for (const team of ['acme', formula]) {
    await makeTeam(gateway.url, team)
    await grant(gateway.url, team, '0.5')
    await charge(gateway.url, team)
    await mutate(gateway.url, 'chargeUsage', { teamId: team, usage, reference: '@SUM(A1)' })
    await hold(gateway.url, team)
  }
  history = await platformHistory(gateway.databaseUrl)
  // Transactions in the databases of other tests hold the order back, too.
  while (!(await isAllComplete())) await delay(20)
})

afterAll(async () => {
  await database?.close()
  await gateway?.close()
  await rm(directory, { recursive: true, force: true })
})

async function isAllComplete(): Promise<boolean> {
  const { rows } = await database.snapshot((client) => kind('events').read(client, null, 1_000))
  return rows.length === history.length
}

const kind = (name: string): Kind => kinds[name] as Kind
const small = (name: string): Kind => ({ ...kind(name), pageSize: 3 })

function options(name: string, format: Format, to: string, more: Partial<ExportOptions> = {}): ExportOptions {
  const base = { kind: small(name), format, directory: join(directory, to), after: null, pagesPerPart: 2 }
  return { ...base, written: () => undefined, ...more }
}

/** The bytes of each file. */
async function filesIn(name: string): Promise<Record<string, string>> {
  const files = await readdir(join(directory, name))
  const read = files.map(async (file) => [file, await readFile(join(directory, name, file), 'base64')] as const)
  return Object.fromEntries(await Promise.all(read))
}

describe.each(Object.keys(formats) as Format[])('an export as %s', (format) => {
  test.each(['events', 'entries', 'teams'])(
    'of %s that was killed again and again is the same as one run',
    async (name) => {
      const [whole, pieces] = [`${format}-${name}-whole`, `${format}-${name}-pieces`]
      await writeParts(database, options(name, format, whole))
      for (let reads = 1, over = false; !over; reads += 1) {
        let left = 1 + (reads % 4)
        const dying: Kind = {
          ...small(name),
          async read(...args) {
            left -= 1
            if (left < 0) throw new Error('killed')
            return kind(name).read(...args)
          },
        }
        over = await writeParts(database, options(name, format, pieces, { kind: dying })).then(
          ({ complete }) => complete,
          () => false,
        )
      }
      expect(await filesIn(pieces)).toEqual(await filesIn(whole))
    },
  )

  test('of events has all of them, each once and in the order of platformEvents', async () => {
    const to = `${format}-all`
    const progress = await writeParts(database, options('events', format, to))
    expect(progress).toMatchObject({ complete: true, after: history.at(-1), part: Math.ceil(history.length / 6) })
    const ids: string[] = []
    for (const file of (await readdir(join(directory, to))).filter((file) => file.endsWith(format)).sort()) {
      const path = join(directory, to, file)
      if (format === 'csv') ids.push(...(await readFile(path, 'utf8')).trimEnd().split('\n').slice(1).map(firstCell))
      else ids.push(...(await rowsOf(path)).map(({ id }) => `${id}`))
    }
    expect(ids).toEqual(history)
  })
})

const firstCell = (line: string): string => line.split(',')[0] ?? ''
const rowsOf = async (path: string) => parquetReadObjects({ file: await asyncBufferFromFile(path) })

test('CSV has exact amounts with their sign, and no cell that a spreadsheet would compute', async () => {
  await writeParts(database, options('entries', 'csv', 'cells', { kind: kind('entries') }))
  const text = await readFile(join(directory, 'cells', 'entries-000001.csv'), 'utf8')
  const [header, ...lines] = text.trimEnd().split('\n')
  expect(header).toContain('event,team,revision,posting,type,at,')
  expect(lines.filter((line) => line.includes("'=1+1"))).toHaveLength(
    lines.filter((line) => line.includes('=1+1')).length,
  )
  expect(text).toContain("'@SUM(A1)")
  expect(text).not.toMatch(/(^|,)"?[=@]/m)
  await writeParts(database, options('events', 'csv', 'cells', { kind: kind('events') }))
  expect(await readFile(join(directory, 'cells', 'events-000001.csv'), 'utf8')).toMatch(
    /,CREDITS_CHARGED,[-\d:T.]+Z,-100,/,
  )
})

test('Parquet has whole numbers, decimals and timestamps that another library reads', async () => {
  await writeParts(database, options('events', 'parquet', 'types', { kind: kind('events') }))
  const rows = await rowsOf(join(directory, 'types', 'events-000001.parquet'))
  const charged = rows.find(({ type, team }) => type === 'CREDITS_CHARGED' && team === formula)
  expect(charged).toMatchObject({ amount: -100, at: expect.any(Date), reason: null })
  expect(rows.find(({ amount }) => amount === 0.5)).toMatchObject({ type: 'CREDITS_ADDED' })
  await writeParts(database, options('entries', 'parquet', 'types', { kind: kind('entries') }))
  const entries = await rowsOf(join(directory, 'types', 'entries-000001.parquet'))
  const { rows: counted } = await database.pool.query('select count(*)::int as entries from entry')
  expect(entries).toHaveLength(counted[0].entries)
  expect(entries.filter(({ tags }) => tags !== null && tags !== undefined)).not.toHaveLength(0)
})

const program = [process.execPath, 'src/programs/export.ts']
const run = (...args: string[]) => execute([...program, ...args], { NODE_COMPILE_CACHE: compileCache })
/** The program, where every user may read new files. */
const runOpen = (...args: string[]) => execute(['sh', '-c', 'umask 0; exec "$0" "$@"', ...program, ...args])
const execute = ([file = '', ...args]: string[], given: Record<string, string> = {}) =>
  new Promise<{ status: unknown; stdout: string; stderr: string }>((resolve) => {
    const env = { PATH: process.env.PATH, DATABASE_URL: gateway.databaseUrl, ...given }
    execFile(file, args, { env }, (error, stdout, stderr) => resolve({ status: error?.code ?? 0, stdout, stderr }))
  })

test('the program writes while a gateway runs, continues where it ended, and says what it can not do', async () => {
  const out = join(directory, 'program')
  const first = await run('events', '--out', out, '--after', history[0] ?? '')
  expect(first).toEqual({ status: 0, stdout: `events-000001.csv  ${history.length - 1} rows\n`, stderr: '' })
  expect(await run('events', '--out', out)).toEqual({ status: 0, stdout: '', stderr: '' })
  expect(await run('events', '--out', out, '--format', 'parquet')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('name that format, or another directory'),
  })
  expect(await run('events', '--out', join(directory, 'lost'), '--after', 'nonsense')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('begin again in another directory'),
  })
  for (const args of [[], ['holds'], ['events', '--format', 'xml'], ['toString']])
    expect(await run(...args)).toMatchObject({ status: 1, stderr: expect.stringContaining('--format csv|parquet') })
})

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

test.skipIf(process.platform === 'win32')(
  'only the user of the program may read what it writes, whatever the umask (POSIX)',
  async () => {
    const made = join(directory, 'made')
    const out = join(made, 'inside')
    expect(await runOpen('events', '--out', out)).toMatchObject({ status: 0 })
    expect(await runOpen('entries', '--format', 'parquet', '--out', out)).toMatchObject({ status: 0 })
    for (const path of [made, out]) expect([path, await modeOf(path)]).toEqual([path, '700'])
    const files = (await readdir(out)).sort()
    expect(files).toEqual(['entries-000001.parquet', 'entries.cursor.json', 'events-000001.csv', 'events.cursor.json'])
    for (const file of files) expect([file, await modeOf(join(out, file))]).toEqual([file, '600'])
  },
)

test.skipIf(process.platform === 'win32')(
  'a directory that was there keeps its mode, and a file that a killed run left loses it (POSIX)',
  async () => {
    const out = join(directory, 'there')
    await mkdir(out)
    await chmod(out, 0o755)
    for (const file of ['events-000001.csv.unfinished', 'events.cursor.json.unfinished']) {
      await writeFile(join(out, file), 'half')
      await chmod(join(out, file), 0o644)
    }
    expect(await run('events', '--out', out)).toMatchObject({ status: 0 })
    expect(await modeOf(out)).toBe('755')
    for (const file of await readdir(out)) expect([file, await modeOf(join(out, file))]).toEqual([file, '600'])
  },
)
