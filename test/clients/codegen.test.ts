import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { createCreditsClient, type Document } from '@credits-gateway/client'
import { runnerImport } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Gateway, startGateway, tokenFor } from '../setup/gateway.ts'
import { makeProject, type Project, snippet } from './project.ts'
import { newTeam } from './scene.ts'

const run = promisify(execFile)

const program = `
import { createCreditsClient } from '@credits-gateway/client'
import { BoughtDocument } from './gql/graphql.ts'
import possibleTypes from './possible-types.ts'

const credits = createCreditsClient({ url: '/graphql', token: 'a token' })
credits.request(BoughtDocument, { asOf: '2026-11-29T00:00:00Z' }).then(({ team }) => team?.balance.available.trim())
// @ts-expect-error: amounts are exact decimals, no numbers
credits.request(BoughtDocument, { asOf: null }).then(({ team }) => Number(team!.balance.available * 2))
possibleTypes.possibleTypes.Error.includes('NotFound')
`

const compilerOptions = {
  strict: true,
  noEmit: true,
  target: 'es2022',
  module: 'esnext',
  moduleResolution: 'bundler',
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  types: [],
}

let gateway: Gateway
let project: Project

beforeAll(async () => {
  gateway = await startGateway()
  project = await makeProject({
    'package.json': '{ "type": "module" }',
    'tsconfig.json': JSON.stringify({ compilerOptions, include: ['src', 'codegen.ts'] }),
    'codegen.ts': snippet('recipes', '## Code generation', 'ts'),
    'src/bought.graphql':
      'query Bought($asOf: DateTime) { team { id balance(asOf: $asOf) { id available revision } } }',
    'src/program.ts': program,
  })
  await run(process.execPath, [resolve('test/clients/node_modules/@graphql-codegen/cli/cjs/bin.js')], {
    cwd: project.folder,
  }).catch(({ stdout, stderr }) => {
    throw new Error(`${stdout}${stderr}`)
  })
})

afterAll(async () => {
  await project?.remove()
  await gateway?.close()
})

test('the types that the recipe generates are those of the schema', async () => {
  const compiler = resolve('node_modules/typescript/bin/tsc')
  const checked = await run(process.execPath, [compiler], { cwd: project.folder }).catch(({ stdout }) => ({ stdout }))
  expect(checked.stdout).toBe('')
})

test('the client sends the documents that the recipe generates', async () => {
  const { team, member } = await newTeam(gateway)
  const { module } = await runnerImport<{ BoughtDocument: Document<object, { asOf: string | null }> }>(
    `${project.folder}/src/gql/graphql.ts`,
  )
  const credits = createCreditsClient({ url: `${gateway.url}/graphql`, token: () => tokenFor(member) })
  const data = await credits.request(module.BoughtDocument, { asOf: null })
  expect(data).toMatchObject({ team: { id: team, balance: { available: '50000' } } })
  credits.close()
})
