import { z } from 'zod'
import { catalogContent } from './content.ts'
import { describe, forms } from './expected.ts'

const introduction = `# Catalogs

<!-- Written by \`npm run print-schema\` from the validator in src/catalog: change it there. -->

A catalog is one YAML file that holds all of a product's numbers and policies. With \`CATALOG=catalogs/NAME.yaml\` the
gateway is that product.

    npm run -s catalog -- check FILE                # whether the gateway would take it, and its rate card
    npm run -s catalog -- diff OLD NEW              # what changes for customers
    npm run -s catalog -- push [FILE] [--dry-run]   # makes Stripe's products and prices what it sells

- A file is taken whole or not at all. Every fault is told with its line, its path and what was expected.
- Numbers are exact decimals: \`0.03\` is read as it is written. Credits have 6 fraction digits, money has 9.
- A catalog's version is its content. Comments, layout, the order of keys and the notation of numbers make no difference;
  the order of a list does, because it is shown.
- Ids stay for good: they stand beside every charge and grant. Change the \`name\` to call something otherwise.
- \`illustrative: true\` marks a number that no document of the product gives; the API shows it.
- A rate has exactly one of \`credits\`, \`money\`, \`free\`, \`auto\`. Money is paid from the balance at
  \`creditsPerCurrencyUnit\`, or recorded and billed apart where the rate is \`METERED\`.
- Money is a number in the main \`currency\`, or a mapping by currency: \`{ EUR: 20, USD: 22 }\`. \`otherCurrencies\` names the others in which
  teams may pay ([how a team gets its currency](payments.md#currencies)). A package without a price in a currency is not sold in it, and so is any amount;
  METERED rates, add-ons and \`creditLine\` have a price in each currency. Credits are the same: what is paid from the balance has its price in the
  main currency alone. Published catalogs keep the currencies of earlier ones.
- \`USE\` and \`IMAGE\` are counted in whole numbers, every other unit in parts too. A \`GB_DAY\` is one GB, stored for a day.
- \`auto\` lets the platform choose one of several rates. It may not be a way around what they demand: it counts the same
  unit, is settled and charged in the same way, and requires at least as much.
- \`customTopUp\` sells any amount. The tier of an amount prices all of it, rounded once to what the currency can pay. More credits
  never cost less: a tier may not begin below the price of the amount before it.
- An allowance of the same id in two plans has the same cadence: a team that changes its plan goes on with its periods.
- The first line \`# yaml-language-server: $schema=catalog.schema.json\` has an editor complete and check the file as you
  write; \`catalog.schema.json\` comes from the same validator as this page.

In the tables, \`–\` is the default of what may be left out.
`

/** The page about catalogs: each key with what it says, what it can be and its default, in the validator's own words. */
export const referencePage = (): string => `${[introduction, ...sections(catalogContent, '')].join('\n')}`

function sections(schema: z.core.$ZodType, path: string): string[] {
  return forms(schema).flatMap((form) => {
    if (form instanceof z.ZodArray) return sections(form.element, `${path}[]`)
    if (!(form instanceof z.ZodObject)) return []
    const keys = Object.entries<z.core.$ZodType>(form.shape)
    const within = keys.flatMap(([key, value]) => sections(value, path === '' ? key : `${path}.${key}`))
    return [table(path, keys), ...within]
  })
}

function table(path: string, keys: readonly (readonly [string, z.core.$ZodType])[]): string {
  const rows = keys.map(([key, schema]) => {
    const [what = '', ...can] = (describe(schema) ?? '').split(': ')
    return `| \`${key}\` | ${cell(what)} | ${cell(can.join(': '))} | ${defaultOf(schema)} |\n`
  })
  const title = path === '' ? 'The file' : `\`${path}\``
  return `## ${title}\n\n| key | what it says | what it can be | default |\n|---|---|---|---|\n${rows.join('')}`
}

/** A bar would end the cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|')

function defaultOf(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodOptional) return '–'
  if (!(schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)) return 'required'
  const value = schema.def.defaultValue
  if (typeof value !== 'object') return `\`${value}\``
  return Array.isArray(value) ? 'empty' : 'as below'
}
