import { execute } from 'graphql'
import type { Plugin } from 'graphql-yoga'

/**
 * Executes with graphql itself. Yoga's own executor takes an object for a promise where it has a field `then`, and so fails
 * on a document with such an alias. A client that hangs up ends its readings, not the execution around them.
 */
export const graphqlExecution: Plugin = {
  onExecute({ setExecuteFn }) {
    setExecuteFn(execute)
  },
}
