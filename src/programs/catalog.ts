import { catalogCommand } from '../catalog/command.ts'
import { runProgram } from './run-program.ts'

await runProgram(() => catalogCommand(process.argv.slice(2)))
