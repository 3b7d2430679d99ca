import { catalogCommand } from '../catalog/command.ts'
import { pushCommand } from './push-command.ts'
import { runProgram } from './run-program.ts'

const [command, ...args] = process.argv.slice(2)
await runProgram(() => (command === 'push' ? pushCommand(args, process.env) : catalogCommand(process.argv.slice(2))))
