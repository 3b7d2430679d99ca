import {
  GraphQLError,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLLeafType,
  getOperationAST,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql'
import { RequestFault } from '../../access/faults.ts'
import type { Operation } from '../../schema/size.ts'
import { maxErrors } from '../limits/error-limits.ts'
import { badDocument } from './document-limits.ts'

type Values = Readonly<Record<string, unknown>>
type Path = { readonly parent: Path | null; readonly key: string | number }

/**
 * The errors of an operation's variables: at most 10, none of which repeats a value. graphql's own check prints the
 * whole value with each error, so it must see only variables that passed this check.
 */
export function variableFaults({ schema, document, operationName, variables }: Operation): GraphQLError[] {
  const faults: GraphQLError[] = []
  for (const definition of getOperationAST(document, operationName)?.variableDefinitions ?? []) {
    const type = typeFromAST(schema, definition.type)
    const { value: name } = definition.variable.name
    const given = variables != null && Object.hasOwn(variables, name) ? variables[name] : undefined
    if (!isInputType(type) || (given === undefined && definition.defaultValue !== undefined)) continue
    new VariableCheck(definition, faults).check(given, type, null)
  }
  return faults
}

/** Nothing is executed: for a client of `application/graphql-response+json` that is a 400. */
const faultOfRequest = { code: 'BAD_USER_INPUT', http: badDocument }

class VariableCheck {
  readonly #definition: VariableDefinitionNode
  readonly #faults: GraphQLError[]

  constructor(definition: VariableDefinitionNode, faults: GraphQLError[]) {
    this.#definition = definition
    this.#faults = faults
  }

  check(value: unknown, type: GraphQLInputType, path: Path | null): void {
    if (this.#faults.length >= maxErrors) return
    if (isNonNullType(type)) {
      if (value == null) this.#report(path, `expected ${type}, found ${value === null ? 'null' : 'nothing'}`)
      else this.check(value, type.ofType, path)
    } else if (value == null) return
    else if (isListType(type)) {
      if (!Array.isArray(value)) this.check(value, type.ofType, path)
      else
        for (const [key, item] of value.entries()) {
          if (this.#faults.length >= maxErrors) return
          this.check(item, type.ofType, { parent: path, key })
        }
    } else if (isInputObjectType(type)) this.#checkObject(value, type, path)
    else this.#checkLeaf(value, type, path)
  }

  #checkObject(value: object, type: GraphQLInputObjectType, path: Path | null): void {
    if (typeof value !== 'object' || Array.isArray(value)) {
      this.#report(path, `expected an object, ${type}`)
      return
    }
    const values = value as Values
    const fields = type.getFields()
    for (const field of Object.values(fields)) {
      const given = values[field.name]
      if (given !== undefined) this.check(given, field.type, { parent: path, key: field.name })
      else if (isRequiredInputField(field)) this.#report(path, `${type} needs the field ${field.name}`)
    }
    let known = 0
    for (const name in values) {
      if (Object.hasOwn(fields, name)) known += 1
      else if (!this.#report(path, `${type} has no field ${shownName(name)}`)) return
    }
    if (type.isOneOf && known !== 1) this.#report(path, `${type} takes exactly one of its fields`)
  }

  #checkLeaf(value: unknown, type: GraphQLLeafType, path: Path | null): void {
    const fault = leafFault(value, type)
    if (fault !== null) this.#report(path, fault)
  }

  /** False: no further error is reported. */
  #report(path: Path | null, what: string): boolean {
    if (this.#faults.length >= maxErrors) return false
    const place = path === null ? '' : ` at ${shown(path)}`
    const message = `The variable $${this.#definition.variable.name.value} is not usable${place}: ${what}.`
    this.#faults.push(new GraphQLError(message, { nodes: this.#definition, extensions: faultOfRequest }))
    return true
  }
}

const builtIn: Readonly<Record<string, (value: unknown) => boolean>> = {
  Int: (value) => Number.isInteger(value) && Math.abs(Number(value)) <= 2 ** 31 && value !== 2 ** 31,
  Float: Number.isFinite,
  String: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  ID: (value) => typeof value === 'string' || Number.isInteger(value),
}

/**
 * Why the value is not of the type; null: it is. Built-in types are checked here because their own errors print the
 * value.
 */
function leafFault(value: unknown, type: GraphQLLeafType): string | null {
  const fault = `expected ${type}`
  if (isEnumType(type)) {
    return typeof value === 'string' && type.getValue(value) !== undefined ? null : fault
  }
  const fits = builtIn[type.name]
  if (fits !== undefined) return fits(value) ? null : fault
  try {
    return type.coerceInputValue(value) === undefined ? fault : null
  } catch (error) {
    return error instanceof RequestFault ? `${fault}. ${error.message.replace(/\.$/, '')}` : fault
  }
}

/** A key that the client sent is shown only if it could be the name of a field. */
const shownName = (name: string): string => (/^\w{1,40}$/.test(name) ? name : 'with one of the names given')

const shown = ({ parent, key }: Path): string => {
  const step = typeof key === 'number' ? `[${key}]` : parent === null ? key : `.${key}`
  return parent === null ? step : `${shown(parent)}${step}`
}
