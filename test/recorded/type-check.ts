import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import ts from 'typescript5'
import { endpointKey, type SdkMethod, sdkMethods } from './sdk-methods.ts'
import type { Shape } from './shapes.ts'

/** A shape that the SDK's types do not allow, and why. */
export type Divergence = { readonly shape: Shape; readonly reason: string }

const fileName = resolve('test/recorded/recorded-shapes.ts')

const prologue = `import Stripe from 'stripe'
type Form<T> = T extends number ? \`\${number}\` : T extends boolean ? \`\${T}\` : T extends string ? T
  : T extends (infer E)[] ? Form<E>[] : T extends object ? { [K in keyof T]: Form<T[K]> } : never
declare const sdk: any
declare function request<T>(form: Form<T>): void
declare function answer<T>(object: T): void
declare function refusal(body: { error: Stripe.StripeRawError }): void
`

/** Changes of the SDK's types to those of the line: a decimal is a text there, and an enumeration has only the values that it names. */
const asSent: readonly (readonly [file: string, of: string, to: string])[] = [
  [
    'Decimal.d.ts',
    'export type Decimal = DecimalImpl & {',
    'export type Decimal = string; type Made = DecimalImpl & {',
  ],
  ['shared.d.ts', 'export type OtherString = string & Record<never, never>', 'export type OtherString = never'],
]

/** The shapes that the SDK's own types refuse, by one program of TypeScript. */
export function divergencesOf(shapes: readonly Shape[]): Divergence[] {
  const methods = sdkMethods()
  const lines = shapes.map((shape) => statementOf(shape, methods.get(endpointKey(shape.endpoint))))
  const source = ts.createSourceFile(fileName, prologue + lines.join('\n'), ts.ScriptTarget.ESNext, true)
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    lib: ['lib.esnext.d.ts'],
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  }
  const program = ts.createProgram([fileName], options, hostOf(options, source))
  const skipped = prologue.split('\n').length - 1
  return program.getSemanticDiagnostics(source).flatMap(({ start = 0, messageText }) => {
    const { line, character } = source.getLineAndCharacterOfPosition(start)
    const shape = shapes[line - skipped]
    const reason = ts.flattenDiagnosticMessageText(messageText, '\n')
    if (shape === undefined) throw new Error(`The program itself is wrong: ${reason}`)
    const at = lines[line - skipped]?.slice(character, character + 60)
    return [
      {
        shape,
        reason: `${reason
          .split('\n')
          .map((text) => text.trim())
          .join(' ')
          .slice(0, 600)} at ${at}`,
      },
    ]
  })
}

function statementOf({ kind, value }: Shape, method: SdkMethod | undefined): string {
  const literal = JSON.stringify(value)
  if (kind === 'refusal') return `refusal(${literal})`
  if (method === undefined) return `request<never>(${literal})`
  const type = `Stripe['${method.name.replaceAll('.', "']['")}']`
  if (kind === 'request') return `request<NonNullable<Parameters<${type}>[${method.ids}]>>(${literal})`
  return `answer<Awaited<ReturnType<${type}>>>({ lastResponse: sdk, ${literal.slice(1)})`
}

function hostOf(options: ts.CompilerOptions, source: ts.SourceFile): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  const { getSourceFile } = host
  host.getSourceFile = (name, target, ...more) => {
    if (name === fileName) return source
    const change = asSent.find(([file]) => name.endsWith(`/stripe/esm/${file}`))
    if (change === undefined) return getSourceFile(name, target, ...more)
    const [, of, to] = change
    const text = readFileSync(name, 'utf8')
    if (!text.includes(of)) throw new Error(`${name} has no longer: ${of}`)
    return ts.createSourceFile(name, text.replace(of, to), target)
  }
  return host
}
